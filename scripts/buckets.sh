# shellcheck shell=bash
#
# Empties the buckets of stacks that are about to be deleted; destroy.sh sources it. Which buckets these are, CloudFormation says,
# stack by stack. Nothing is ever found by its name, so no bucket outside the stacks can be touched.

# buckets prints the buckets that a stack has and that CloudFormation deletes with it. A bucket that the deployed template
# retains is not printed: what is kept is kept with its content. A dry run prints it, because the real run would have lifted
# that before.
buckets() {
  local region=$1 stack=$2 found kept='' id bucket
  found=$(aws cloudformation list-stack-resources --region "$region" --stack-name "$stack" --output json |
    json 'd => d.StackResourceSummaries
      .filter((r) => r.ResourceType === "AWS::S3::Bucket" && r.ResourceStatus !== "DELETE_COMPLETE" && r.PhysicalResourceId)
      .map((r) => r.LogicalResourceId + " " + r.PhysicalResourceId)') || return
  [[ -n $found ]] || return 0
  if ! $dry_run; then kept=$(kept_resources "$region" "$stack") || return; fi
  while read -r id bucket; do
    has_line "$kept" "$id" || say "$bucket"
  done <<<"$found"
}

# kept_resources prints the logical IDs that the deployed template keeps when its stack is deleted.
kept_resources() {
  aws cloudformation get-template --region "$1" --stack-name "$2" --output json |
    json 'd => Object.entries(d.TemplateBody.Resources)
      .filter(([, r]) => (r.DeletionPolicy ?? "Delete") !== "Delete")
      .map(([id]) => id)'
}

# empty_buckets empties every bucket that goes with a stack.
empty_buckets() {
  local region=$1 stack=$2 list bucket
  list=$(buckets "$region" "$stack")
  for bucket in $list; do
    say "    Emptying s3://$bucket"
    $dry_run || empty "$region" "$bucket"
  done
}

# empty deletes all versions and delete markers of a bucket, a page at a time: S3 lists and deletes at most 1000 in a request.
empty() {
  local region=$1 bucket=$2
  while list_page "$region" "$bucket"; do
    aws s3api delete-objects --region "$region" --bucket "$bucket" --delete "file://$work/page.json" --output json \
      >"$work/deleted.json" || die "cannot delete from s3://$bucket"
    # The AWS CLI exits 0 also when S3 refused to delete some, and would then list these for ever.
    json 'd => (d.Errors ?? []).slice(0, 3).map((e) => e.Key + ": " + e.Message)' <"$work/deleted.json" >"$work/refused"
    [[ ! -s $work/refused ]] || die "cannot empty s3://$bucket: $(cat "$work/refused")"
  done
}

# list_page writes the first page of a bucket's versions as a request to delete them. It fails when there is none left, or no
# bucket: someone may have deleted that by hand.
list_page() {
  local region=$1 bucket=$2
  if ! aws s3api list-object-versions --region "$region" --bucket "$bucket" --no-paginate --output json \
    >"$work/versions.json" 2>"$work/error"; then
    grep -q NoSuchBucket "$work/error" || die "cannot list s3://$bucket: $(cat "$work/error")"
    return 1
  fi
  json 'd => [[...(d.Versions ?? []), ...(d.DeleteMarkers ?? [])]]
    .filter((all) => all.length > 0)
    .map((all) => JSON.stringify({ Quiet: true, Objects: all.map(({ Key, VersionId }) => ({ Key, VersionId })) }))' \
    <"$work/versions.json" >"$work/page.json" || die "cannot read the versions of s3://$bucket"
  [[ -s $work/page.json ]]
}
