# shellcheck shell=bash
#
# Tells what is left when the stacks are gone; destroy.sh sources it.

# remains prints what CloudFormation kept when it deleted stacks of a Region, and the manual snapshots of their databases.
remains() {
  local region=$1 stacks stack clusters=''
  shift
  # The latest of each name; a deleted stack is found by its ARN only.
  stacks=$(aws cloudformation list-stacks --region "$region" --stack-status-filter DELETE_COMPLETE --output json |
    json '(d, ...names) => names.flatMap((n) => d.StackSummaries.filter((s) => s.StackName === n).slice(0, 1))
      .map((s) => s.StackId)' "$@") || return
  for stack in $stacks; do
    aws cloudformation list-stack-resources --region "$region" --stack-name "$stack" --output json >"$work/deleted.json" || return
    json '(d, region) => d.StackResourceSummaries.filter((r) => r.ResourceStatus === "DELETE_SKIPPED")
      .map((r) => "    " + region + "  " + r.ResourceType + "  " + r.PhysicalResourceId)' "$region" <"$work/deleted.json" || return
    clusters+=" $(json 'd => d.StackResourceSummaries.filter((r) => r.ResourceType === "AWS::RDS::DBCluster")
      .map((r) => r.PhysicalResourceId)' <"$work/deleted.json")" || return
  done
  [[ -n ${clusters// /} ]] || return 0
  aws rds describe-db-cluster-snapshots --region "$region" --snapshot-type manual --output json |
    json '(d, region, clusters) => d.DBClusterSnapshots.filter((s) => clusters.split(/\s+/).includes(s.DBClusterIdentifier))
      .map((s) => "    " + region + "  snapshot  " + s.DBClusterSnapshotIdentifier)' "$region" "$clusters"
}

# report ends the run by saying what is left.
report() {
  local region part left='' deleted=("${names[@]}")
  if $dry_run; then return; fi
  take_stock
  ! deployed || die "some stacks are still there"
  ! $with_toolkit || deleted+=(CDKToolkit)
  for region in "${regions[@]}"; do
    part=$(remains "$region" "${deleted[@]}")
    [[ -z $part ]] || left+=$part$'\n'
  done
  $with_toolkit || say "CDKToolkit stays in ${regions[*]}; other applications may use it (--with-toolkit deletes it)."
  if [[ -n $left ]]; then
    say "The stacks of $application are gone. Kept when they were deleted:"
    printf '%s' "$left"
  else
    say "The stacks of $application are gone, and they kept nothing."
  fi
}
