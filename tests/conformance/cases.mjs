// The official SignalR client against gateway-sim: both hubs, every way to connect, every event, every way to end.
import { account, build, check, connect, contract, finish, login, modes, pause, post, sim, switches, test, urls, within } from "./client.mjs";

const direct = modes.find((m) => !m.negotiate && m.token === "header");
const user_events = { GatewayUserAccount: "balance", GatewayUserOrder: "status", GatewayUserPosition: "averagePrice", GatewayUserTrade: "price" };
const market_events = ["GatewayQuote", "GatewayTrade", "GatewayDepth"];
const now = [0, 0, 0]; // reconnect at once, three times at most

async function rejects(promise, part, what) {
  const error = await within(promise, what).then(() => null, (e) => e);
  check(error, `${what}: it succeeded`);
  check(error.message.includes(part), `${what}: "${error.message}" does not say "${part}"`);
}

async function subscribe_user(c, how = "invoke") {
  await c.link[how]("SubscribeAccounts");
  for (const stream of ["Orders", "Positions", "Trades"]) await c.link[how](`Subscribe${stream}`, account);
}

async function subscribe_market(c, how = "invoke") {
  for (const stream of ["Quotes", "Trades", "MarketDepth"]) await c.link[how](`SubscribeContract${stream}`, contract);
}

/** Waits until the simulator has taken up what was sent without an answer. */
async function settled(hub, field) {
  for (;;) {
    const { clients } = await (await fetch(urls.http + "/sim/clients")).json();
    if (clients.some((c) => c.hub === hub && c[field].length > 0)) return;
    await pause(20);
  }
}

const fill = (side = "buy") => sim("foreign_fill", { contract: "MNQ", side, size: 1, announce: true });
const move = (price) => sim("price", { contract: "MNQ", price });

// -- connecting, asking, hearing ---------------------------------------------------------------------

for (const mode of modes)
  for (const how of ["invoke", "send"]) {
    await test(`user hub, ${mode.name}, ${how}: the four events`, async () => {
      const c = await connect("user", mode);
      const { searchParams } = c.dialled[0];
      check(searchParams.has("id") === mode.negotiate && searchParams.has("access_token") === (mode.token === "query"), c.dialled[0].search);
      const boxes = Object.keys(user_events).map((name) => c.event(name));
      await subscribe_user(c, how);
      await within(settled("user", "trades"), "the subscriptions");
      await fill();
      for (const [i, [name, field]] of Object.entries(user_events).entries()) {
        const args = await boxes[i].take(name);
        check(args.length === 1 && field in args[0].data && Number.isInteger(args[0].action), `${name}: ${JSON.stringify(args)}`);
      }
    });
    await test(`market hub, ${mode.name}, ${how}: the three events`, async () => {
      const c = await connect("market", mode);
      const boxes = market_events.map((name) => c.event(name));
      await subscribe_market(c, how);
      await within(settled("market", "depth"), "the subscriptions");
      await move(20130.25);
      for (const [i, name] of market_events.entries()) {
        const [id, data] = await boxes[i].take(name);
        check(id === contract && data, `${name}: ${id}`);
      }
    });
  }

for (const hub of ["user", "market"])
  for (const mode of modes)
    await test(`${hub} hub, ${mode.name}: GatewayLogout, then the connection ends`, async () => {
      const c = await connect(hub, mode);
      const box = c.event("GatewayLogout");
      await sim("logout_event", { hub });
      check((await box.take("GatewayLogout")).length === 1, "its argument");
      await c.closed.take("the end");
    });

await test("unsubscribing ends the events", async () => {
  const c = await connect("market", direct);
  const quotes = c.event("GatewayQuote"), trades = c.event("GatewayTrade");
  await subscribe_market(c);
  await c.link.invoke("UnsubscribeContractQuotes", contract);
  await move(20131);
  await trades.take("the trade"); // comes after the quote
  check(quotes.items.length === 0, "a quote came all the same");
});

for (const [setting, value] of [["bare", undefined], ["null", null]])
  await test(`a void method completes with ${setting} result`, async () => {
    await switches({ completion: setting });
    const c = await connect("user", direct);
    const result = await within(c.link.invoke("SubscribeOrders", account), "the completion");
    check(result === value, `${setting}: ${result}`);
  });

await test("messages in fragments of 16 bytes", async () => {
  await switches({ fragment_bytes: 16 });
  const c = await connect("user", direct);
  await switches({ fragment_bytes: 0 });
  const box = c.event("GatewayUserTrade");
  await subscribe_user(c);
  await fill("sell");
  check((await box.take("the trade"))[0].data.size === 1, "the trade's size");
});

await test("many invocations at once are each answered", async () => {
  const c = await connect("user", direct);
  await within(Promise.all(Array.from({ length: 200 }, (_, i) => c.link.invoke("SubscribeOrders", i + 1))), "200 completions");
});

await test("order ids beyond 32 bits arrive whole", async () => {
  const c = await connect("user", direct);
  const box = c.event("GatewayUserOrder");
  await subscribe_user(c);
  const { json } = await post("/api/Order/place", { accountId: account, contractId: contract, type: 2, side: 0, size: 1 }, await login());
  check(json.success && json.orderId > 2 ** 31, `place: ${JSON.stringify(json)}`);
  check((await box.take("the order"))[0].data.id === json.orderId, "the same id on the hub");
});

// -- errors ------------------------------------------------------------------------------------------

for (const hub of ["user", "market"]) {
  await test(`${hub} hub: an unknown method completes with an error, the connection lives on`, async () => {
    const c = await connect(hub, direct);
    await rejects(c.link.invoke("Heartbeat", 1), "Unknown hub method 'Heartbeat'", "Heartbeat");
    await c.link.send("Heartbeat", 1);
    await (hub === "user" ? subscribe_user(c) : subscribe_market(c));
  });
  await test(`${hub} hub: wrong arguments complete with an error, the connection lives on`, async () => {
    const c = await connect(hub, direct);
    const [method, right, wrong] = hub === "user" ? ["SubscribeOrders", account, String(account)] : ["SubscribeContractQuotes", contract, 7];
    for (const args of [[wrong], [], [right, right]])
      await rejects(c.link.invoke(method, ...args), `Failed to invoke '${method}' due to an error on the server.`, JSON.stringify(args));
    await within(c.link.invoke(method, right), "the right call");
  });
  for (const negotiate of [true, false])
    for (const token of ["none", "header", "query"])
      await test(`${hub} hub, ${negotiate ? "negotiated" : "direct"}: 401 with ${token === "none" ? "no token" : `a wrong token in the ${token}`}`, async () => {
        const c = await build(hub, { negotiate, token, base: urls.http, name: "no token" }, { token: "a.b.c" });
        await rejects(c.link.start(), negotiate ? "401" : "WebSocket failed to connect", "the start");
        check(c.link.state === "Disconnected", c.link.state);
      });
}

await test("401 on the market hub only", async () => {
  await sim("fault", { path: "/hubs/market", mode: "401" });
  await connect("user", direct);
  const c = await build("market", direct);
  await rejects(c.link.start(), "WebSocket failed to connect", "the start");
  await connect("market", direct);
});

// -- endings and reconnects ----------------------------------------------------------------------------

for (const hub of ["user", "market"]) {
  await test(`${hub} hub: closed by the server without an error`, async () => {
    const c = await connect(hub, direct);
    await sim("drop", { hub, mode: "close" });
    check((await c.closed.take("the end")).error === undefined, "an error");
  });
  await test(`${hub} hub: closed by the server with an error`, async () => {
    const c = await connect(hub, direct);
    await sim("drop", { hub, mode: "close_error" });
    const { error } = await c.closed.take("the end");
    check(error?.message.includes("Server returned an error on close: Connection closed with an error."), `the error: ${error?.message}`);
  });
  await test(`${hub} hub: the socket is cut`, async () => {
    const c = await connect(hub, direct);
    await sim("drop", { hub, mode: "cut" });
    check((await c.closed.take("the end")).error, "no error");
  });
}

for (const mode of modes)
  for (const how of ["close_error", "cut"])
    await test(`reconnect, ${mode.name}, after ${how}: it comes back, subscriptions do not`, async () => {
      const c = await connect("user", mode, { reconnect: now });
      const box = c.event("GatewayUserTrade");
      await subscribe_user(c);
      await sim("drop", { hub: "user", mode: how });
      check((await c.reconnecting.take("reconnecting")).error, "reconnecting without a reason");
      const { id } = await c.reconnected.take("reconnected");
      check(mode.negotiate ? id : id === undefined || id === null, `its connection id: ${id}`);
      await fill();
      await subscribe_user(c); // its completions come after whatever the fill sent
      check(box.items.length === 0, "an event without a subscription");
      await fill();
      await box.take("the trade after subscribing again");
    });

await test("allowReconnect false: the client gives up though it may reconnect", async () => {
  await switches({ allow_reconnect: "false" });
  const c = await connect("user", direct, { reconnect: now });
  await sim("drop", { hub: "user", mode: "close_error" });
  const { error } = await c.closed.take("the end");
  check(error?.message.includes("Connection closed with an error.") && c.reconnecting.items.length === 0, `${error?.message}`);
});

await test("a reconnect that is refused ends the connection", async () => {
  const c = await connect("user", direct, { reconnect: now });
  await sim("fault", { path: "/hubs/user", mode: "401", count: 0 });
  await sim("drop", { hub: "user", mode: "cut" });
  await c.reconnecting.take("reconnecting");
  await c.closed.take("the end of trying");
});

await test("a second session evicts the first", async () => {
  await switches({ sessions: "evict" });
  const first = await connect("user", direct);
  const box = first.event("GatewayLogout");
  const second = await connect("user", direct);
  await box.take("GatewayLogout");
  await first.closed.take("the end of the first");
  await within(second.link.invoke("SubscribeOrders", account), "the second");
});

// -- keep-alive ----------------------------------------------------------------------------------------

await test("pings both ways keep idle connections on both hubs", async () => {
  await switches({ keep_alive: "400ms", client_timeout: "5s" });
  const both = [];
  for (const hub of ["user", "market"]) both.push(await connect(hub, direct, { keepAlive: 400, serverTimeout: 5000 }));
  await pause(12_000); // more than twice either patience
  for (const c of both) check(c.link.state === "Connected" && c.closed.items.length === 0, "it was closed");
});

for (const hub of ["user", "market"]) {
  await test(`${hub} hub: without the server's pings the client gives up`, async () => {
    await switches({ keep_alive: "0" });
    const c = await connect(hub, direct, { keepAlive: 300, serverTimeout: 1000 });
    const { error } = await c.closed.take("the end");
    check(error?.message.includes("Server timeout elapsed"), `${error?.message}`);
  });
  await test(`${hub} hub: without the client's pings the server gives up`, async () => {
    await switches({ client_timeout: "1s", keep_alive: "300ms" });
    const c = await connect(hub, direct, { keepAlive: 3_600_000, serverTimeout: 3_600_000 });
    const { error } = await c.closed.take("the end");
    check(error?.message.includes("Connection closed with an error."), `${error?.message}`);
  });
}

await test("a stalled hub looks like a lost server", async () => {
  const c = await connect("user", direct, { serverTimeout: 1000 });
  await sim("drop", { hub: "user", mode: "stall" });
  check((await c.closed.take("the end")).error?.message.includes("Server timeout elapsed"), "the reason");
});

// -- TLS -----------------------------------------------------------------------------------------------

for (const plain of modes) {
  const mode = { ...plain, base: urls.https, name: `TLS, ${plain.name}` };
  await test(`user hub, ${mode.name}: an event, a cut, a reconnect`, async () => {
    const c = await connect("user", mode, { reconnect: now });
    const box = c.event("GatewayUserTrade");
    await subscribe_user(c);
    await fill("sell");
    await box.take("the trade");
    await sim("drop", { hub: "user", mode: "cut" });
    await c.reconnected.take("reconnected");
  });
}

finish();
