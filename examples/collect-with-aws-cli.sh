#!/bin/sh
# Fills a folder with what Portolan reads, using nothing but the AWS CLI:
#
#     AWS_PROFILE=prod examples/collect-with-aws-cli.sh answers              every enabled region
#     AWS_PROFILE=prod examples/collect-with-aws-cli.sh answers eu-west-1    these regions
#     npx audit --snapshot answers
#
# Writes answers/<account>/<region>/<call>.json, as the CLI prints them. It only reads; the permissions are those of
# "audit permissions aws". A refused or failed call becomes a file {"Error": ...}, so that the report can say what was not
# seen. Run it once an account; later runs replace the files of the same account and region.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 FOLDER [REGION ...]" >&2
  exit 2
fi
folder=$1
shift

umask 077                          # the answers name accounts and addresses
export AWS_PAGER=""
export AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-8}" AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}"

error=$(mktemp)
trap 'rm -f "$error"' EXIT

# A text as the inside of a JSON string, on one line.
quoted() {
  tr '\n\r\t' '   ' | sed -e 's/[[:cntrl:]]//g' -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/  */ /g' -e 's/^ //' -e 's/ $//'
}

# ask FILE ARGUMENT...: one call of the CLI into one file, whole or not at all.
ask() {
  file=$1
  shift
  if aws "$@" --region "$region" --output json >"$file.part" 2>"$error"; then
    # Nothing at all is how the CLI prints an empty answer of some calls.
    if [ -s "$file.part" ]; then mv "$file.part" "$file"; else rm -f "$file.part"; fi
    return 0
  fi
  rm -f "$file.part"
  if grep -q "Invalid choice" "$error"; then
    echo "$0: this AWS CLI does not know \"aws $1 $2\": not asked" >&2
    return 0
  fi
  code=$(sed -n 's/.*An error occurred (\([A-Za-z0-9.]*\)).*/\1/p' "$error" | head -n 1)
  printf '{"Error": {"Code": "%s", "Message": "%s"}}\n' "${code:-CommandFailed}" "$(quoted <"$error")" >"$file"
  echo "$0: $file: ${code:-failed}" >&2
}

# ids ARGUMENT...: what a query gives, one a line; nothing where the call fails (ask tells of that).
ids() {
  aws "$@" --region "$region" --output text 2>/dev/null | tr '\t' '\n' | grep -v '^None$' || true
}

collect_region() {
  region=$1
  here=$folder/$account/$region
  mkdir -p "$here"
  echo "$0: $account $region" >&2

  # The page sizes are the largest that each call takes; the CLI joins the pages.
  for call in security-groups:1000 security-group-rules:1000 network-interfaces:1000 instances:1000 \
    managed-prefix-lists:100 vpcs:1000 subnets:1000 route-tables:100 internet-gateways:1000 \
    egress-only-internet-gateways:255 nat-gateways:1000 network-acls:1000 vpc-peering-connections:1000 \
    security-group-vpc-associations:1000 vpc-block-public-access-exclusions:1000 transit-gateways:1000 \
    transit-gateway-vpc-attachments:1000; do
    name=describe-${call%:*}
    # The CLI does not page this one: it would refuse the option.
    case $name in
      describe-vpc-block-public-access-exclusions) ask "$here/$name.json" ec2 "$name" ;;
      *) ask "$here/$name.json" ec2 "$name" --page-size "${call#*:}" ;;
    esac
  done
  ask "$here/describe-vpc-block-public-access-options.json" ec2 describe-vpc-block-public-access-options
  ask "$here/describe-load-balancers.json" elbv2 describe-load-balancers --page-size 400
  ask "$here/describe-target-groups.json" elbv2 describe-target-groups --page-size 400

  # The entries of a prefix list do not say whose they are: the list's id in the file's name does.
  for list in $(ids ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId'); do
    ask "$here/get-managed-prefix-list-entries.$list.json" ec2 get-managed-prefix-list-entries --prefix-list-id "$list" --page-size 100
  done

  # Nor do a target group's attributes: the query puts its name beside them.
  number=0
  for group in $(ids elbv2 describe-target-groups --query 'TargetGroups[?Protocol!=`HTTP` && Protocol!=`HTTPS`].TargetGroupArn'); do
    number=$((number + 1))
    ask "$here/describe-target-group-attributes.$number.json" elbv2 describe-target-group-attributes --target-group-arn "$group" \
      --query "{TargetGroups: [{TargetGroupArn: '$group', Attributes: Attributes}]}"
  done

  # References to groups that are gone; this call has a small bucket, so it is asked gently.
  for network in $(ids ec2 describe-vpcs --query 'Vpcs[].VpcId'); do
    ask "$here/describe-stale-security-groups.$network.json" ec2 describe-stale-security-groups --vpc-id "$network" --page-size 255
    sleep 0.25
  done
}

region=${1:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || echo us-east-1)}}}
account=$(aws sts get-caller-identity --region "$region" --query Account --output text)
regions=${*:-$(aws ec2 describe-regions --region "$region" --query 'Regions[].RegionName' --output text)}
for each in $regions; do collect_region "$each"; done
