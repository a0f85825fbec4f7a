// What every case uses: the official client, the simulator's REST and /sim interface, and waiting for things.
import { createRequire } from "node:module";

const { SIM_URL, SIM_TLS_URL, SIM_MODULES } = process.env;
const require = createRequire(SIM_MODULES + "/package.json");
export const signalR = require("@microsoft/signalr");
const Socket = createRequire(require.resolve("@microsoft/signalr"))("ws"); // the client's own
export const account = 126244;
export const contract = "CON.F.US.MNQ.Z26";
export const urls = { http: SIM_URL, https: SIM_TLS_URL };

export const modes = [];
for (const negotiate of [true, false])
  for (const token of ["header", "query"])
    modes.push({ negotiate, token, base: SIM_URL, name: `${negotiate ? "negotiated" : "direct"}, token in the ${token}` });

const patience = 20_000; // ms; nothing is measured, a loaded machine only takes longer

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

export async function post(path, body, token) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(SIM_URL + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json().catch(() => null) };
}

export async function sim(verb, body = {}) {
  const { status, json } = await post("/sim/" + verb, body);
  check(status === 200, `/sim/${verb} ${JSON.stringify(body)}: ${status} ${JSON.stringify(json)}`);
  return json;
}

export const switches = (set) => sim("switch", { set });

export async function login() {
  const { json } = await post("/api/Auth/loginKey", { userName: "demo", apiKey: "demo-key-0001" });
  check(json?.success, "login");
  return json.token;
}

export async function within(promise, what, ms = patience) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A place where what happened waits to be taken, in order. */
export class Inbox {
  items = [];
  waiting = [];
  put(item) {
    const taker = this.waiting.shift();
    if (taker) taker(item);
    else this.items.push(item);
  }
  take(what) {
    if (this.items.length > 0) return Promise.resolve(this.items.shift());
    return within(new Promise((done) => this.waiting.push(done)), what);
  }
}

const open = new Set();

/** A connection of the official client; its inboxes are `closed`, `reconnecting`, `reconnected` and `event(name)`. */
export async function build(hub, mode, { token, reconnect, keepAlive, serverTimeout } = {}) {
  token ??= await login();
  let url = `${mode.base}/hubs/${hub}`;
  const dialled = []; // the addresses of its WebSockets
  const options = { logger: signalR.LogLevel.None };
  options.WebSocket = class extends Socket {
    constructor(address, ...rest) {
      super(address, ...rest);
      dialled.push(new URL(address));
    }
  };
  if (!mode.negotiate) Object.assign(options, { skipNegotiation: true, transport: signalR.HttpTransportType.WebSockets });
  if (mode.token === "query") url += `?access_token=${encodeURIComponent(token)}`;
  else if (mode.token === "header") options.accessTokenFactory = () => token;
  const builder = new signalR.HubConnectionBuilder().withUrl(url, options);
  if (reconnect) builder.withAutomaticReconnect(reconnect);
  const link = builder.build();
  if (keepAlive) link.keepAliveIntervalInMilliseconds = keepAlive;
  if (serverTimeout) link.serverTimeoutInMilliseconds = serverTimeout;
  const closed = new Inbox(), reconnecting = new Inbox(), reconnected = new Inbox(), events = new Map();
  link.onclose((error) => closed.put({ error }));
  link.onreconnecting((error) => reconnecting.put({ error }));
  link.onreconnected((id) => reconnected.put({ id }));
  const event = (name) => {
    if (!events.has(name)) {
      const box = new Inbox();
      events.set(name, box);
      link.on(name, (...args) => box.put(args));
    }
    return events.get(name);
  };
  open.add(link);
  return { link, closed, reconnecting, reconnected, event, dialled };
}

export async function connect(hub, mode, options) {
  const c = await build(hub, mode, options);
  await within(c.link.start(), `the start of ${hub} (${mode.name})`);
  return c;
}

export async function closeAll() {
  for (const link of open) await link.stop().catch(() => {});
  open.clear();
}

const usual = { completion: "bare", fragment_bytes: 0, allow_reconnect: "true", sessions: "allow", keep_alive: "15s", client_timeout: "30s" };
let passed = 0, failed = 0;

export async function test(name, body) {
  try {
    await body();
    ++passed;
    console.log(`ok      ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}: ${error.message}`);
  }
  await closeAll();
  await sim("clear_faults");
  await switches(usual);
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
