// Prints the stacks of the cloud assembly in a folder, in the order in which they are deployed, a line each:
//
//	role, ID as `cdk ls` prints it, CloudFormation name, account, Region
//
// separated by tabs. The assembly's manifests are the one place that holds names, account and Regions after configuration
// was read; their schema is public (aws-cdk, cloud-assembly-schema). They are read here, rather than through `cdk ls --json`,
// because the CLI writes its notices among the answer when it believes it is in a CI system.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

// The roles of stacks, in the order in which they are deployed. A support stack is one that the delivery stack depends on. There
// is a recovery stack only where an Arpio account is configured.
const roles = ["delivery", "support", "infra-pri", "app-pri", "infra-secd", "app-secd", "other", "recovery"];
const optional = ["support", "other", "recovery"];

// stacksIn lists the stacks of the manifest in folder and in those nested in it, each after the ones that it depends on.
function stacksIn(folder) {
  const { artifacts = {} } = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8"));
  const seen = new Set();
  const found = [];
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const artifact = artifacts[key] ?? {};
    (artifact.dependencies ?? []).forEach(visit);
    if (artifact.type === "cdk:cloud-assembly") {
      found.push(...stacksIn(path.join(folder, artifact.properties.directoryName)));
    } else if (artifact.type === "aws:cloudformation:stack") {
      const [account, region] = artifact.environment.replace(/^aws:\/\//, "").split("/");
      const { displayName: id = key, dependencies = [] } = artifact;
      found.push({ key, id, name: artifact.properties.stackName ?? key, account, region, dependencies });
    }
  };
  Object.keys(artifacts).forEach(visit);
  return found;
}

// homeRole is what a stack inside one of the two stages is: its application's name, its kind and its Region's home role.
function homeRole(id) {
  const match = /^(.+)\/(Pri|Secd)Deploy\/\1-((?:infra|app)-(?:pri|secd))$/.exec(id);
  return match && { application: match[1], role: match[3] };
}

const stacks = stacksIn(process.argv[2]);
const application = stacks.map((s) => homeRole(s.id)?.application).find(Boolean);
const delivery = stacks.find((s) => s.id === application);
for (const stack of stacks) {
  const other = delivery?.dependencies.includes(stack.key) ? "support" : "other";
  const named = { [application]: "delivery", [application + "-recovery"]: "recovery" };
  stack.role = homeRole(stack.id)?.role ?? named[stack.id] ?? other;
}

const missing = roles.filter((role) => !optional.includes(role) && !stacks.some((s) => s.role === role));
if (missing.length > 0) {
  const ids = stacks.map((s) => s.id).join(", ") || "no stack at all";
  console.error(`the assembly in ${process.argv[2]} has no ${missing.join(", ")} stack; it has ${ids}`);
  process.exit(1);
}
stacks.sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
for (const s of stacks) console.log([s.role, s.id, s.name, s.account, s.region].join("\t"));
