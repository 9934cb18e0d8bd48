#!/usr/bin/env bash
#
# Deploys the application in both Regions. See usage below and docs/deploying.md.
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'USAGE'
Usage: scripts/deploy.sh [--dry-run] [-c KEY=VALUE]... [OPTION-OF-CDK-DEPLOY...]

Synthesizes the application once into cdk.out and deploys that: bootstraps each Region, then deploys the delivery
stack, the primary Region, the database's table, the secondary Region, the edge, and with -c arpioAccountId=ID
the recovery stack, whose rules are on Arpio's event bus.

  -c, --context KEY=VALUE  configuration, given to the synthesis; may be repeated
      --dry-run            print the commands that would change something, and change nothing; asks AWS nothing
  -h, --help               print this

Other options go to every `cdk deploy`; --require-approval is never unless given. Which account and Region profile
is used, AWS_PROFILE and the other variables of the AWS CLI say.

Exit status: 0 deployed, 1 a step failed (run it again: finished steps change nothing), 2 refused before any change.
USAGE
}

cdk_options=()

parse() {
  local approval=never
  while (($# > 0)); do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --dry-run) dry_run=true ;;
    -c | --context)
      (($# > 1)) || refuse "$1 needs KEY=VALUE"
      context+=(-c "$2") && shift
      ;;
    -c=* | --context=*) context+=(-c "${1#*=}") ;;
    --profile | --profile=*) refuse "set AWS_PROFILE instead of --profile, so that the AWS CLI uses it too" ;;
    -a | --app | --app=* | -o | --output | --output=*) refuse "$1 is this script's own: it deploys what it synthesizes into cdk.out" ;;
    --hotswap | --hotswap=* | --hotswap-fallback | --watch) refuse "$1 makes the stacks differ from their templates" ;;
    --require-approval)
      (($# > 1)) || refuse "$1 needs a value"
      approval=$2 && shift
      ;;
    --require-approval=*) approval=${1#*=} ;;
    -*)
      cdk_options+=("$1")
      # An option's value is the next word, unless that is an option again.
      if (($# > 1)) && [[ $2 != -* ]]; then cdk_options+=("$2") && shift; fi
      ;;
    *) refuse "unexpected $1; all stacks are deployed, use npx cdk deploy for one" ;;
    esac
    shift
  done
  cdk_options=(--require-approval "$approval" ${cdk_options[@]+"${cdk_options[@]}"})
}

bootstrap() {
  local region environments=()
  for region in "${regions[@]}"; do environments+=("aws://$account/$region"); done
  step "Bootstrap ${environments[*]}"
  run cdk bootstrap "${environments[@]}" ${context[@]+"${context[@]}"}
}

# check_home refuses to let the Region of whatever profile is active be the home Region: the next one who deploys may have
# another, and would deploy a second application there.
check_home() {
  local setting pinned
  for setting in ${context[@]+"${context[@]}"}; do [[ $setting != primaryRegion=?* ]] || return 0; done
  pinned=$(json 'd => [d.context?.primaryRegion ?? ""]' <cdk.json) || refuse "cannot read cdk.json"
  [[ -n $pinned ]] || refuse "primaryRegion is not pinned, so the Region of your profile would decide it;" \
    "set primaryRegion in cdk.json, under context, or give -c primaryRegion=REGION"
}

# deploy_stack deploys a stack. The stack with a Region's APIs reads outputs of the one with its network and database, which
# the step before has deployed. CDK would skip it if only those outputs have changed, and not the template that names them.
deploy_stack() {
  local force=()
  [[ ${roles[$1]} != app-* ]] || force=(--exclusively --force)
  step "Deploy ${ids[$1]} in ${stack_regions[$1]}"
  run cdk deploy "${ids[$1]}" ${force[@]+"${force[@]}"} --app cdk.out "${cdk_options[@]}"
}

# create_table has the primary Region's function create the table and the database user. After a failover the primary's
# database only reads, and the table, which was replicated, is where the writer is.
create_table() {
  local stack=$1 infra=$2 region=${stack_regions[$1]} function writer
  function=${ids[stack]##*/}-CreateTableFunction
  step "Create the table with $function in $region"
  if ! $dry_run; then
    writer=$(global_database "$region" "${names[infra]}" | sed -n 's/^writer //p')
    if [[ -n $writer && $writer != "$region" ]]; then
      say "The writer is in $writer, so the table was created before; nothing to do."
      return
    fi
  fi
  # fileb:// means the same to versions 1 and 2 of the AWS CLI, a payload on the command line does not. A function may run for
  # 900 seconds; a shorter timeout would have the CLI invoke it again.
  printf '{"action": "CREATE_TABLE"}' >"$work/payload.json"
  run aws lambda invoke --region "$region" --function-name "$function" --payload "fileb://$work/payload.json" \
    --cli-read-timeout 900 --output json "$work/answer.json"
  $dry_run || check_answer "$function" "$work/answer.json"
}

# check_answer fails unless a function answered with success: the AWS CLI exits 0 also when the function failed.
check_answer() {
  local status
  status=$(json 'd => [d?.statusCode ?? "none"]' <"$2")
  [[ $status == 2[0-9][0-9] ]] || die "$1 answered with status $status: $(cat "$2")"
}

main() {
  local i
  parse "$@"
  start
  $dry_run || check_home
  synthesize cdk.out
  read_stacks cdk.out
  $dry_run || check_account
  bootstrap
  for i in "${!ids[@]}"; do
    [[ ${roles[i]} != support ]] || continue # deployed with the delivery stack, which depends on it
    deploy_stack "$i"
    [[ ${roles[i]} != app-pri ]] || create_table "$i" "$(index infra-pri)"
  done
  $dry_run || say "$application is deployed. To remove it: make destroy"
}

main "$@"
