#!/usr/bin/env bash
#
# Removes the application from both Regions. See usage below and docs/deploying.md.
set -euo pipefail

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/buckets.sh
source "$(dirname "${BASH_SOURCE[0]}")/buckets.sh"
# shellcheck source=scripts/remains.sh
source "$(dirname "${BASH_SOURCE[0]}")/remains.sh"

# Where the application is synthesized without protection. cdk.out stays what was deployed.
readonly assembly=cdk.out.destroy

usage() {
  cat <<'USAGE'
Usage: scripts/destroy.sh [--yes] [--dry-run] [--with-toolkit] [-c KEY=VALUE]...

Deletes every stack of the application with what is in it: the delivery stack and its repository first, then what is
attached to Arpio's event bus, the edge, the APIs and the databases. Lifts protection and empties buckets where that blocks deletion. Give it the same
configuration that the application was deployed with.

  -c, --context KEY=VALUE  configuration, given to the synthesis; may be repeated
      --yes                do not ask for the application's name
      --with-toolkit       delete CDKToolkit too, in each Region where no other CDK application is left
      --dry-run            look, print the commands that would change something, and change nothing
  -h, --help               print this

Exit status: 0 nothing is left but what is listed, 1 a step failed (run it again), 2 refused before any change.
USAGE
}

confirmed=false
with_toolkit=false

# Status of each stack, empty if the stack does not exist, and whether termination protection is on; with the index of ids.
statuses=() protected=()

parse() {
  while (($# > 0)); do
    case $1 in
    -h | --help) usage && exit 0 ;;
    --yes) confirmed=true ;;
    --dry-run) dry_run=true ;;
    --with-toolkit) with_toolkit=true ;;
    -c | --context)
      (($# > 1)) || refuse "$1 needs KEY=VALUE"
      context+=(-c "$2") && shift
      ;;
    -c=* | --context=*) context+=(-c "${1#*=}") ;;
    *) refuse "unexpected $1; see --help" ;;
    esac
    shift
  done
}

# list_stacks keeps what CloudFormation says of all stacks in a Region. Asking for one by its name would make its absence an error,
# which cannot be told from others without reading messages.
list_stacks() { aws cloudformation describe-stacks --region "$1" --output json >"$work/stacks-$1.json"; }

# take_stock asks each Region which of the application's stacks there are.
take_stock() {
  local i region found name status guarded
  for i in "${!ids[@]}"; do statuses[i]='' protected[i]=false; done
  for region in "${regions[@]}"; do
    list_stacks "$region" || refuse "cannot list the stacks in $region"
    found=$(json 'd => d.Stacks.map((s) => [s.StackName, s.StackStatus, s.EnableTerminationProtection === true].join(" "))' \
      <"$work/stacks-$region.json") || refuse "cannot read the stacks in $region"
    while read -r name status guarded; do
      for i in "${!ids[@]}"; do
        [[ $region/$name == "${stack_regions[i]}/${names[i]}" ]] || continue
        statuses[i]=$status protected[i]=$guarded
      done
    done <<<"$found"
  done
}

# deployed says whether any stack of the application exists.
deployed() {
  local status
  for status in "${statuses[@]}"; do [[ -z $status ]] || return 0; done
  return 1
}

# members prints the global database's members as the primary Region's stack knows them.
members() {
  local primary
  primary=$(index infra-pri)
  [[ -z ${statuses[primary]} ]] || global_database "${stack_regions[primary]}" "${names[primary]}"
}

# check_idle refuses to start while something else changes a stack or the database. A deletion in progress is welcome, and
# REVIEW_IN_PROGRESS is what a deployment that was given up leaves.
check_idle() {
  local i found
  for i in "${!ids[@]}"; do
    case ${statuses[i]} in
    DELETE_IN_PROGRESS | REVIEW_IN_PROGRESS) ;;
    *_IN_PROGRESS) refuse "${names[i]} in ${stack_regions[i]} is ${statuses[i]}; wait until it has ended" ;;
    esac
  done
  found=$(members) || refuse "cannot tell where the database's writer is"
  ! has_line "$found" moving || refuse "the database is being moved to another Region; wait until it has ended"
}

# check_recovery refuses to leave the recovery stack behind: it is known only where the Arpio account is configured, and as long as it
# is there, Arpio's own stack cannot be deleted.
check_recovery() {
  local region found
  [[ -z $(index recovery) ]] || return 0
  for region in "${regions[@]}"; do
    found=$(json '(d, name) => d.Stacks.filter((s) => s.StackName === name).map((s) => s.StackName)' "$application-recovery" \
      <"$work/stacks-$region.json") || refuse "cannot read the stacks in $region"
    [[ -z $found ]] || refuse "$found is deployed in $region, but no Arpio account is configured; give -c arpioAccountId=ID"
  done
}

# destroy_recovery deletes what is attached to Arpio's event bus.
destroy_recovery() {
  local recovery
  recovery=$(index recovery)
  [[ -n $recovery && -n ${statuses[recovery]} ]] || return 0
  destroy_stack "$recovery"
  say "Nothing of $application is on Arpio's event bus any more. Arpio's own stack can be deleted now."
}

confirm() {
  local i answer
  say "To be deleted in account $account, with all data:"
  for i in "${!ids[@]}"; do
    [[ -z ${statuses[i]} ]] || say "    ${stack_regions[i]}  ${names[i]}  ${statuses[i]}"
  done
  say "A CodeCommit repository of the delivery stack is deleted with it. Keep a clone if it holds the only copy."
  if $confirmed || $dry_run; then return; fi
  printf 'Type %s to delete all that: ' "$application"
  read -r answer || refuse "no answer; --yes answers beforehand"
  [[ $answer == "$application" ]] || refuse "that is not $application; nothing was deleted"
}

# guards prints what keeps a stack from going entirely: its own protection, and what its deployed template keeps or protects.
guards() {
  local i=$1
  ! ${protected[i]} || say "termination protection"
  aws cloudformation get-template --region "${stack_regions[i]}" --stack-name "${names[i]}" --output json |
    json 'd => Object.entries(d.TemplateBody.Resources).flatMap(([id, r]) => [
      ...((r.DeletionPolicy ?? "Delete") === "Delete" ? [] : [id + " (" + r.DeletionPolicy + ")"]),
      ...([true, "ACTIVE"].includes(r.Properties?.DeletionProtection) ? [id + " (deletion protection)"] : []),
    ])'
}

# unprotect deploys a protected stack once more, with removalPolicy=destroy. So CloudFormation itself lifts deletion
# protection and retention, and template and resources stay in agreement. A stack whose creation or deletion failed cannot be
# updated (CDK would create it again); such a one only loses its termination protection.
unprotect() {
  local i=$1 found
  [[ -n ${statuses[i]} ]] || return 0
  case ${statuses[i]} in
  CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE)
    found=$(guards "$i")
    [[ -n $found ]] || return 0
    step "Lift the protection of ${names[i]} in ${stack_regions[i]}: ${found//$'\n'/, }"
    run cdk deploy "${ids[i]}" --app "$assembly" --exclusively --require-approval never
    ;;
  DELETE_IN_PROGRESS) ;;
  *)
    run aws cloudformation update-termination-protection --no-enable-termination-protection \
      --region "${stack_regions[i]}" --stack-name "${names[i]}"
    ;;
  esac
}

delete_stack() { run cdk destroy "${ids[$1]}" --app "$assembly" --exclusively --force; }

# destroy_stack deletes a stack and the content of its buckets. Access logs arrive late and can fill a bucket again while
# CloudFormation deletes what writes them, so a failure is followed by a second attempt.
destroy_stack() {
  local i=$1
  [[ -n ${statuses[i]} ]] || return 0
  step "Delete ${names[i]} in ${stack_regions[i]}"
  empty_buckets "${stack_regions[i]}" "${names[i]}"
  if delete_stack "$i"; then return; fi
  say "That failed. Emptying its buckets again, for a second attempt."
  empty_buckets "${stack_regions[i]}" "${names[i]}"
  delete_stack "$i"
}

# destroy_reader deletes what the primary Region's stack can lose while its database is a reader. The global cluster is in this
# stack and stays as long as the other Region's database is its member, so this deletion ends in DELETE_FAILED; the stack is
# deleted again when the other Region's is gone. Its own database must be gone, though, or the writer's could not follow.
destroy_reader() {
  local i=$1 left
  step "Delete the reader in ${names[i]} in ${stack_regions[i]}; the global cluster cannot go yet, so this may end in DELETE_FAILED"
  empty_buckets "${stack_regions[i]}" "${names[i]}"
  if delete_stack "$i" || $dry_run; then return; fi
  left=$(stack_resources "${stack_regions[i]}" "${names[i]}")
  [[ $left != *AWS::RDS::DBCluster\ * ]] || die "${names[i]} still has its database"
  say "The reader is gone. Going on with the writer."
}

# destroy_databases deletes the Regions' infrastructure, readers before the writer: a global database's writer cannot be deleted
# while a reader is attached. At home the reader is in the secondary Region, after a failover it is in the primary.
destroy_databases() {
  local primary secondary found
  primary=$(index infra-pri) secondary=$(index infra-secd)
  found=$(members)
  if has_line "$found" "reader ${stack_regions[primary]}"; then destroy_reader "$primary"; fi
  destroy_stack "$secondary"
  destroy_stack "$primary"
}

# destroy_toolkit deletes CDK's bootstrap stack from a Region, unless another CDK application is there.
destroy_toolkit() {
  local region=$1 toolkit others
  list_stacks "$region"
  toolkit=$(json 'd => d.Stacks.filter((s) => s.StackName === "CDKToolkit").map((s) => s.StackName)' <"$work/stacks-$region.json")
  [[ -n $toolkit ]] || return 0
  others=$(json '(d, ...ours) => d.Stacks.filter((s) => !ours.includes(s.StackName) && s.StackName !== "CDKToolkit")
    .filter((s) => (s.Parameters ?? []).some((p) => p.ParameterKey === "BootstrapVersion"))
    .map((s) => s.StackName)' "${names[@]}" <"$work/stacks-$region.json")
  if [[ -n $others ]]; then
    say "CDKToolkit in $region stays: ${others//$'\n'/, } was deployed with it."
    return
  fi
  step "Delete CDKToolkit in $region"
  run aws cloudformation delete-stack --region "$region" --stack-name CDKToolkit
  run aws cloudformation wait stack-delete-complete --region "$region" --stack-name CDKToolkit
}

# destroy_stacks deletes the delivery stack first: its pipeline could deploy again what is being deleted, and a change of its own
# starts it. Then goes what uses the regional stacks, in the reverse order of its deployment.
destroy_stacks() {
  local i delivery
  delivery=$(index delivery)
  unprotect "$delivery"
  destroy_stack "$delivery"
  for i in "${!ids[@]}"; do
    [[ $i == "$delivery" ]] || unprotect "$i"
  done
  destroy_recovery
  for ((i = ${#ids[@]} - 1; i >= 0; i--)); do
    case ${roles[i]} in other | support) destroy_stack "$i" ;; esac
  done
  destroy_stack "$(index app-secd)"
  destroy_stack "$(index app-pri)"
  destroy_databases
}

main() {
  local region
  parse "$@"
  start
  synthesize "$assembly" -c removalPolicy=destroy
  read_stacks "$assembly"
  check_account
  take_stock
  check_recovery
  check_idle
  if deployed; then
    confirm
    destroy_stacks
  else
    say "No stack of $application is deployed in ${regions[*]}."
  fi
  if $with_toolkit; then
    for region in "${regions[@]}"; do destroy_toolkit "$region"; done
  fi
  report
}

main "$@"
