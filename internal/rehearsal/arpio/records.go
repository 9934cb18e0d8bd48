package arpio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

// records are DNS records that a rule's function changes.
type records struct {
	*Bus

	// application is Arpio's id of the application whose failover changes them, and account the one that it is recovered in.
	application, account string

	plan  dnsplan.Plan
	order *dns.Store
}

// errNoRecords says that no rule changes DNS records.
var errNoRecords = errors.New("the bus has no rule for DNS records")

// findRecords finds the rule whose function changes DNS records, and what the function is configured with.
func (b *Bus) findRecords(ctx context.Context) (*records, error) {
	found, ok := b.ruleFor(":function:")
	if !ok {
		return nil, errNoRecords
	}
	r := &records{Bus: b}
	var pattern struct {
		Detail struct {
			Applications map[string]any `json:"application-restore-phase"`
			Accounts     []string       `json:"recovery-account"`
		}
	}
	if err := json.Unmarshal([]byte(found.text), &pattern); err != nil || len(pattern.Detail.Applications) == 0 || len(pattern.Detail.Accounts) == 0 {
		return nil, fmt.Errorf("rule %s must be for an application in an account: %w", found.name, err)
	}
	r.application, r.account = slices.Sorted(maps.Keys(pattern.Detail.Applications))[0], pattern.Detail.Accounts[0]
	f, err := b.functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &found.targets[0]})
	if err != nil {
		return nil, fmt.Errorf("get the function of %s: %w", found.name, err)
	}
	environment := f.Configuration.Environment.Variables
	r.order = dns.NewStore(b.tables, environment[dnsplan.EnvTable])
	r.plan, err = dnsplan.Decode(environment[dnsplan.EnvPlan])
	return r, err
}

// points is what the application's records point at.
func (r *records) points(ctx context.Context) (string, error) {
	var all []string
	for _, record := range r.own() {
		out, err := r.zones.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
			HostedZoneId: &r.plan.HostedZoneID, StartRecordName: &record.Name, StartRecordType: types.RRType(record.Type), MaxItems: aws.Int32(1),
		})
		if err != nil {
			return "", fmt.Errorf("read record %s: %w", record.Name, err)
		}
		for _, set := range out.ResourceRecordSets {
			for _, value := range set.ResourceRecords {
				all = append(all, *value.Value)
			}
			if set.AliasTarget != nil {
				all = append(all, strings.TrimSuffix(*set.AliasTarget.DNSName, "."))
			}
		}
	}
	return strings.Join(all, " "), nil
}

// own are the application's records.
func (r *records) own() []dnsplan.Record {
	return slices.DeleteFunc(slices.Clone(r.plan.Records), func(p dnsplan.Record) bool { return p.Application != r.application })
}

// targets are what the records point at while the primary environment serves, and after a failover.
func (r *records) targets() (home, away string) {
	text := func(target func(dnsplan.Record) dnsplan.Target) string {
		var all []string
		for _, p := range r.own() {
			t := target(p)
			all = append(all, t.Values...)
			if t.AliasName != "" {
				all = append(all, strings.TrimSuffix(t.AliasName, "."))
			}
		}
		return strings.Join(all, " ")
	}
	return text(func(p dnsplan.Record) dnsplan.Target { return p.Primary }), text(func(p dnsplan.Record) dnsplan.Target { return p.Recovery })
}

// await waits until the function has taken note of what is wanted.
func (r *records) await(ctx context.Context, what string, noted func(dns.Order) bool) error {
	for {
		order, err := r.order.Order(ctx, r.application)
		if err != nil || noted(order) {
			return err
		}
		if err := pause(ctx, pollTime); err != nil {
			return fmt.Errorf("the function for DNS records does not know of %s, it knows %+v: %w", what, order, err)
		}
	}
}

// failback starts the failback's runbook where it points the records home, waits until it has, and stops it.
func (r *records) failback(ctx context.Context) error {
	document, err := r.failbackRunbook(ctx)
	if err != nil {
		return err
	}
	began, err := r.ssm.StartAutomationExecution(ctx, &ssm.StartAutomationExecutionInput{
		DocumentName: &document, Parameters: map[string][]string{"From": {"flipDns"}},
	})
	if err != nil {
		return fmt.Errorf("start the failback: %w", err)
	}
	if err := r.await(ctx, "the failback", func(o dns.Order) bool { return !o.Returned.IsZero() }); err != nil {
		return err
	}
	home, _ := r.targets()
	for {
		if points, err := r.points(ctx); err != nil || points == home {
			break // what they point at is checked later
		}
		if err := pause(ctx, pollTime); err != nil {
			return fmt.Errorf("the failback has not pointed the records home: %w", err)
		}
	}
	_, err = r.ssm.StopAutomationExecution(ctx, &ssm.StopAutomationExecutionInput{AutomationExecutionId: began.AutomationExecutionId})
	var ended *ssmtypes.InvalidAutomationStatusUpdateException // a check after that has failed, which is none of this scenario's
	if err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("stop the failback, which waits for people: %w", err)
	}
	return nil
}

// failbackRunbook is the name of the failback's runbook, which is an output of the recovery stack.
func (r *records) failbackRunbook(ctx context.Context) (string, error) {
	out, err := r.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{})
	if err != nil {
		return "", fmt.Errorf("describe stacks: %w", err)
	}
	for _, stack := range out.Stacks {
		for _, o := range stack.Outputs {
			if aws.ToString(o.OutputKey) == "FailbackRunbook" {
				return aws.ToString(o.OutputValue), nil
			}
		}
	}
	return "", errors.New("no stack has the output FailbackRunbook")
}

// checkRecords waits until the function knows of what was played, and checks where the DNS records point.
func (f *failover) checkRecords(ctx context.Context, what string, away bool, noted func(dns.Order) bool) error {
	if f.records == nil {
		return nil
	}
	settling, cancel := context.WithTimeout(ctx, f.Settle)
	defer cancel()
	if err := f.records.await(settling, what, noted); err != nil {
		return err
	}
	points, err := f.records.points(ctx)
	if err != nil {
		return err
	}
	home, there := f.records.targets()
	name, want := "DNS records point at the primary environment after "+what, home
	if away {
		name, want = "DNS records point at what was recovered after "+what, there
	}
	f.check(name, points, want)
	return nil
}

// goBack plays the failback.
func (f *failover) goBack(ctx context.Context) error {
	if f.records == nil {
		return nil
	}
	f.Progress("going back")
	settling, cancel := context.WithTimeout(ctx, f.Settle)
	defer cancel()
	if err := f.records.failback(settling); err != nil {
		return err
	}
	return f.checkRecords(ctx, "the failback", false, func(o dns.Order) bool { return !o.Returned.IsZero() })
}
