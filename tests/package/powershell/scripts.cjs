// etc/windows/*.ps1, parsed: Windows PowerShell 5.1 can read them, and they call what risk-manager has. Last line: N passed, N failed.
//
// tools/lib/setup.sh --check-package has put the parser into build/package/powershell. What this cannot show: that they run. There is no PowerShell
// for this machine; a Windows must show it. That is why they are as short as they are, and what they call is tested.
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");

const top = path.resolve(__dirname, "../../..");
const modules = path.join(top, "build/package/powershell/node_modules");
const program = path.join(top, "build/bin/risk-manager");
const folder = path.join(top, "etc/windows");
const names = fs.readdirSync(folder).filter((name) => name.endsWith(".ps1"));
const texts = new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));

// What a plain Windows 10 has, without any module of others.
const commands = ["Join-Path", "Read-Host"];
const types = ["Runtime.InteropServices.Marshal", "string", "switch"];
// What came after 5.1, by the parser's names; a ternary, ?? and ?. it does not know at all.
const later = ["pipeline_chain_tail"];

function* nodes(node) {
  yield node;
  for (const child of node.children) yield* nodes(child);
}
const of_type = (tree, type) => [...nodes(tree.rootNode)].filter((node) => node.type === type);
const wrong = (tree) => [...nodes(tree.rootNode)].filter((node) => node.isError || node.isMissing);
const require_that = (truth, what) => { if (!truth) throw new Error(what); };
const each = (what) => { for (const [name, text] of texts) what(name, text, parser.parse(text)); };

let parser;

const cases = {
  they_can_be_parsed() {
    require_that(names.join() === "check-installation.ps1,install.ps1,uninstall.ps1", `the scripts are ${names}`);
    each((name, text, tree) => {
      const first = wrong(tree)[0];
      require_that(!first, `${name}, line ${first?.startPosition.row + 1}: ${first?.text.slice(0, 60)}`);
      require_that(of_type(tree, "command").length > 0, `${name} does nothing`);
    });
  },

  the_parser_finds_a_bracket_or_a_quote_that_is_taken_away() {
    each((name, text) => {
      for (const sign of ["{", "}", ")", '"']) {
        const body = text.replace(/^#.*$/gm, ""), at = body.lastIndexOf(sign);
        if (at >= 0) require_that(wrong(parser.parse(body.slice(0, at) + body.slice(at + 1))).length, `${name} without its last ${sign} is taken`);
      }
    });
    for (const text of ["a && b", "$x = $true ? 1 : 2", "$x = $y ?? 1"]) {
      const tree = parser.parse(text);
      require_that(wrong(tree).length || later.some((type) => of_type(tree, type).length), `${text} is taken for 5.1`);
    }
  },

  windows_powershell_5_1_reads_them() {
    each((name, text, tree) => {
      require_that(/^[\x20-\x7e\n]*$/.test(text), `${name}: 5.1 reads anything but ASCII by the machine's code page`);
      for (const type of later) require_that(!of_type(tree, type).length, `${name} uses what came after 5.1: ${type}`);
      for (const node of of_type(tree, "command_name"))
        require_that(commands.includes(node.text), `${name} calls ${node.text}`);
      for (const node of of_type(tree, "type_spec"))
        require_that(types.includes(node.text), `${name} uses the type ${node.text}`);
    });
  },

  what_they_ask_of_risk_manager_is_there() {
    each((name, text, tree) => {
      require_that(text.includes('Join-Path $PSScriptRoot "risk-manager.exe"'), `${name} does not take the program beside it`);
      const called = of_type(tree, "command").filter((node) => node.text.startsWith("& "));
      require_that(called.length && called.every((node) => node.text.startsWith("& $program")), `${name} calls ${called.map((node) => node.text)}`);
      require_that(text.trimEnd().endsWith("exit $LASTEXITCODE"), `${name} does not hand the exit code on`);
      const words = of_type(tree, "string_literal").map((node) => node.text.replace(/^"|"$/g, ""));
      const verb = words.find((word) => ["install", "uninstall", "status"].includes(word));
      const help = execFileSync(program, [verb, "--help"], { encoding: "utf8" });
      for (const option of words.filter((word) => word.startsWith("--")))
        require_that(help.includes(` ${option} `), `${name}: risk-manager ${verb} has no ${option}`);
    });
  },

  each_parameter_is_explained_and_no_other() {
    each((name, text, tree) => {
      const has = of_type(tree, "script_parameter").map((node) => node.text.match(/\$(\w+)/)[1]).sort();
      const told = [...(text.match(/^#   powershell -ExecutionPolicy Bypass -File (.*)$/m)?.[1] ?? "").matchAll(/\[-(\w+)/g)].map((found) => found[1]).sort();
      require_that(has.join() === told.join(), `${name} takes ${has}, and says ${told}`);
    });
  },
};

(async () => {
  const { Parser, Language } = require("module").createRequire(path.join(modules, "x"))("web-tree-sitter");
  await Parser.init();
  parser = new Parser();
  parser.setLanguage(await Language.load(path.join(modules, "tree-sitter-powershell/tree-sitter-powershell.wasm")));
  let passed = 0, failed = 0;
  for (const [name, run] of Object.entries(cases)) {
    try {
      run();
      passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}: ${error.message}`);
    }
  }
  console.log("        not shown here: that the scripts run; there is no PowerShell for this machine, a Windows must show it");
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
})();
