# shellcheck shell=bash
#
# What deploy.sh and destroy.sh share. They source it; it runs nothing by itself. It keeps to bash 3.2, which macOS has, and to
# the AWS CLI's JSON read by the Node.js that the CDK CLI needs anyway, so that neither jq nor Python is needed.
#
# Bash does not stop at errors in $(…) or in conditions, whatever set -e says. A function that is called there returns its errors
# itself.

# The account that the app falls back to where none is configured. Assemblies for it are for reading, not for deploying.
readonly placeholder_account=123456789012

dry_run=false
context=()
step_number=0
step_name=''

# Stacks of the assembly, in the order in which they are deployed: five arrays with an index in common.
roles=() ids=() names=() accounts=() stack_regions=()
# Each Region of the assembly, once.
regions=()
application='' account=''

say() { printf '%s\n' "$*"; }

# refuse ends the script before it has changed anything.
refuse() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# die ends the script because a step failed.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# step announces the next step; an exit after it is explained by finish.
step() {
  step_number=$((step_number + 1))
  step_name=$*
  say "==> $step_number. $step_name"
}

# run runs a command that changes something, or prints it in a dry run.
run() {
  if $dry_run; then
    say "    $(printf '%q ' "$@")"
  else
    "$@"
  fi
}

# json reads JSON from standard input, gives it and the arguments to a JavaScript function, and prints the list of strings that
# the function returns, a line each. No input at all counts as {}: that is how the AWS CLI prints an empty answer.
json() {
  node -e '
    const input = require("fs").readFileSync(0, "utf8").trim();
    const pick = eval(process.argv[1]);
    for (const line of pick(input === "" ? {} : JSON.parse(input), ...process.argv.slice(2))) console.log(line);
  ' -- "$@"
}

# has_line says whether a text has a line. Nothing is piped into grep -q, which would end a pipe before its writer.
has_line() { [[ $'\n'$1$'\n' == *$'\n'"$2"$'\n'* ]]; }

# start finds the repository and the tools, makes a folder for answers, and explains every exit from here on.
start() {
  cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
  export PATH="$PWD/node_modules/.bin:$PATH" AWS_PAGER=''
  [[ -x node_modules/.bin/cdk ]] || refuse "the CDK CLI is not installed here; run npm ci first"
  command -v node >/dev/null || refuse "Node.js is not on PATH; run npm ci, which installs it for Linux, or install it"
  command -v aws >/dev/null || refuse "the AWS CLI is not on PATH; see https://docs.aws.amazon.com/cli/"
  work=$(mktemp -d)
  readonly work
  trap 'finish $?' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# finish cleans up, says how to go on if a step did not end, and keeps to the exit statuses that the usage promises.
finish() {
  local status=$1
  rm -rf "$work"
  if [[ $status != 0 && -n $step_name ]]; then
    say "Stopped in step $step_number ($step_name). What CloudFormation has begun, it goes on with." \
      "When the cause is removed, run the same command again: it goes on from what there is." >&2
  fi
  case $status in
  0 | 1 | 2 | 130 | 143) exit "$status" ;;
  *) exit 1 ;;
  esac
}

# synthesize writes the assembly into a folder, from where everything else is read and deployed.
synthesize() {
  local folder=$1
  shift
  say "Synthesizing into $folder"
  cdk synth --quiet --output "$folder" ${context[@]+"${context[@]}"} "$@" || refuse "the application does not synthesize"
}

# read_stacks fills the arrays from an assembly.
read_stacks() {
  local folder=$1 lines role id name owner region
  lines=$(node scripts/assembly.js "$folder") || refuse "cannot tell the stacks of $folder apart"
  while IFS=$'\t' read -r role id name owner region; do
    roles+=("$role") ids+=("$id") names+=("$name") accounts+=("$owner") stack_regions+=("$region")
    [[ $role != delivery ]] || application=$id
    [[ " ${regions[*]-} " == *" $region "* ]] || regions+=("$region")
  done <<<"$lines"
  account=${accounts[0]}
}

# index prints the index of the only stack that has a role.
index() {
  local i
  for i in "${!roles[@]}"; do
    if [[ ${roles[i]} == "$1" ]]; then
      say "$i"
      return
    fi
  done
}

# check_account refuses an assembly for the placeholder account, for several accounts, and credentials of another account.
check_account() {
  local owner caller
  for owner in "${accounts[@]}"; do
    [[ $owner == "$account" ]] || refuse "the stacks are for different accounts ($account and $owner); configure one"
  done
  case $account in
  "$placeholder_account" | unknown-account)
    refuse "no AWS account is configured, so the application was synthesized for the placeholder $placeholder_account;" \
      "set credentials (AWS_PROFILE or aws configure) or CDK_DEFAULT_ACCOUNT"
    ;;
  esac
  caller=$(aws sts get-caller-identity --output json | json 'd => [d.Account]') ||
    refuse "AWS does not accept the credentials; set AWS_PROFILE, or log in again"
  [[ $caller == "$account" ]] ||
    refuse "the credentials are of account $caller, the application is configured for $account; change one of them"
}

# stack_resources prints "type physical-id" for each resource that a stack has, as AWS knows it.
stack_resources() {
  local region=$1 stack=$2
  aws cloudformation list-stack-resources --region "$region" --stack-name "$stack" --output json |
    json 'd => d.StackResourceSummaries
      .filter((r) => r.PhysicalResourceId && r.ResourceStatus !== "DELETE_COMPLETE")
      .map((r) => r.ResourceType + " " + r.PhysicalResourceId)'
}

# global_database prints "writer REGION" and "reader REGION" for the members of the global cluster that a stack has, and
# "moving" while a switchover or failover is in progress. It prints nothing if the stack has no global cluster.
global_database() {
  local region=$1 stack=$2 cluster
  cluster=$(stack_resources "$region" "$stack" | sed -n 's/^AWS::RDS::GlobalCluster //p') || return
  [[ -n $cluster ]] || return 0
  aws rds describe-global-clusters --region "$region" --output json |
    json '(d, id) => d.GlobalClusters.filter((c) => c.GlobalClusterIdentifier === id).flatMap((c) => [
      ...c.GlobalClusterMembers.map((m) => (m.IsWriter ? "writer " : "reader ") + m.DBClusterArn.split(":")[3]),
      ...(c.FailoverState?.Status ? ["moving"] : []),
    ])' "$cluster"
}
