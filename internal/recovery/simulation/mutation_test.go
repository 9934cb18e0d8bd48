package simulation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/simulation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
)

// templates are stacks that lack something: a text of the template, without white space, is another.
var templates = []struct{ name, from, to, finds string }{
	{
		"dropped events go nowhere", `"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["HelloDeadLettersFCEB57BE","Arn"]}},`, "",
		"what is selected is delivered or in a dead-letter queue, and counted",
	},
	{
		"dead letters are refused", `"Queues":[{"Ref":"HelloDeadLettersFCEB57BE"}]`, `"Queues":[{"Ref":"FailuresDeadLetters71BB5A13"}]`,
		"what is selected is delivered or in a dead-letter queue, and counted",
	},
	{
		"failed invocations go nowhere", `"DestinationConfig":{"OnFailure":{"Destination":{"Fn::GetAtt":["DnsEndsDeadLettersD0B83057","Arn"]}}},`, "",
		"what is selected is delivered or in a dead-letter queue, and counted",
	},
	{
		"a test counts as a failover", `"resource-type":["AWS::EC2::Instance"],"restore-phase":["failover"]`,
		`"resource-type":["AWS::EC2::Instance"],"restore-phase":[{"prefix":"failover"}]`, "a rule selects the events that it is for, and no others",
	},
	{
		"a script runs for a test", `"resource-type":["AWS::EC2::Instance"],"restore-phase":["failover"]`,
		`"resource-type":["AWS::EC2::Instance"],"restore-phase":[{"prefix":"failover"}]`,
		"the script has one effect on each server that was recovered for a failover, and on no other",
	},
	{
		"the next version is taken, too", `"arpio-schema-version":["0"],"recovery-resource-state":["done"],`, `"recovery-resource-state":["done"],`,
		"a rule selects the events that it is for, and no others",
	},
	{
		"a server need not be done", `"recovery-resource-state":["done"],`, "", "a rule selects the events that it is for, and no others",
	},
	{
		"a rule is disabled", `"Description":"Tell of`, `"State":"DISABLED","Description":"Tell of`, "a rule selects the events that it is for, and no others",
	},
	{
		"a parameter may be any text", `"allowedPattern":"^i-([0-9a-f]{8}|[0-9a-f]{17})$",`, "",
		"an automation gets the parameters that its rule has, and no others",
	},
	{
		"the runbook takes another parameter", `"parameters":{"InstanceId":`,
		`"parameters":{"commands":{"type":"String","default":""},"AutomationAssumeRole":{"type":"String","default":""},"InstanceId":`,
		"an automation gets the parameters that its rule has, and no others",
	},
	{
		"an automation may not be started", `"ssm:StartAutomationExecution"`, `"ssm:GetAutomationExecution"`, "nothing is dropped that could be delivered",
	},
	{
		"a role may not be passed", `"Effect":"Allow","Resource":{"Fn::GetAtt":["HelloRunbookRole08BDD98E","Arn"]}`,
		`"Effect":"Allow","Resource":{"Fn::GetAtt":["FailbackRunbookRole83C016AA","Arn"]}`, "nothing is dropped that could be delivered",
	},
	{
		"a script runs again", `if [ -e \"$runbook_record\" ]; then`, `if false; then`,
		"the script has one effect on each server that was recovered for a failover, and on no other",
	},
	{
		"servers may not be reached", `"ssm:resourceTag/Recovery"`, `"ssm:resourceTag/Other"`,
		"the script has one effect on each server that was recovered for a failover, and on no other",
	},
}

func TestTemplateMutants(t *testing.T) {
	for _, m := range templates {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			find(t, changed(t, m.from, m.to), nil, m.finds)
		})
	}
}

// mostSeeds is how many seeds it may take to find a mutant.
const mostSeeds = 1000

// find looks for a seed that shows that something does not hold.
func find(t *testing.T, stack simulation.Stack, change func(*simulation.Wiring), finds string) {
	t.Helper()
	for seed := range uint64(mostSeeds) {
		for _, v := range run(t, stack, seed, change).Violations {
			if v.Invariant == finds {
				t.Logf("seed %d: %.300s", seed, v.Seen)
				return
			}
		}
	}
	t.Errorf("%d seeds show nothing", mostSeeds)
}

// changed is the stack with another text in its template.
func changed(t *testing.T, from, to string) simulation.Stack {
	t.Helper()
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(compact.String(), from) {
		t.Fatalf("the template does not have %s", from)
	}
	stack, err := simulation.New(filepath.Dir(template), filepath.Base(template), strings.ReplaceAll(compact.String(), from, to))
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// mutants are parts that do not what they are to do.
var mutants = []struct {
	name  string
	does  func(*simulation.Wiring)
	finds string
}{
	{
		"dead letters vanish", func(w *simulation.Wiring) { w.Caller = vanishing{w.Caller} },
		"what is selected is delivered or in a dead-letter queue, and counted",
	},
	{
		"events vanish", func(w *simulation.Wiring) { w.Caller = absorbing{w.Caller} },
		"what is selected is delivered or in a dead-letter queue, and counted",
	},
	{
		"the order of events is forgotten", func(w *simulation.Wiring) { w.Table = forgetful{w.Table} },
		"no event changes records twice",
	},
	{
		"records are changed whatever they are", func(w *simulation.Wiring) { w.DNS = blind{w.DNS} },
		"each change of records changes something",
	},
	{
		"changes of records are not made, though it is said", func(w *simulation.Wiring) { w.DNS = idle{w.DNS} },
		"each change of records changes something",
	},
	{
		"a test is taken for a failover", func(w *simulation.Wiring) { w.Caller = credulous{w.Caller} },
		"records are changed by a complete failover or a request to go back",
	},
}

func TestMutants(t *testing.T) {
	stack := read(t)
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			find(t, stack, m.does, m.finds)
		})
	}
}

// vanishing calls nobody for a dead letter, and says that it did.
type vanishing struct{ eventbridge.Caller }

func (v vanishing) Do(ctx context.Context, r endpoint.Request) (any, error) {
	if r.Service == "sqs" {
		return nil, nil
	}
	return v.Caller.Do(ctx, r)
}

// absorbing starts no automation, and says that it did.
type absorbing struct{ eventbridge.Caller }

func (a absorbing) Do(ctx context.Context, r endpoint.Request) (any, error) {
	if r.Service == "ssm" {
		return nil, nil
	}
	return a.Caller.Do(ctx, r)
}

// credulous tells functions of failovers where there are tests.
type credulous struct{ eventbridge.Caller }

func (c credulous) Do(ctx context.Context, r endpoint.Request) (any, error) {
	r.Body = bytes.ReplaceAll(r.Body, []byte(`"failover_test"`), []byte(`"failover"`))
	return c.Caller.Do(ctx, r)
}

// forgetful is a table that keeps nothing of applications.
type forgetful struct{ dns.DynamoDB }

func (f forgetful) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if id, ok := in.Item["id"].(*types.AttributeValueMemberS); ok && strings.HasPrefix(id.Value, "application#") {
		return &dynamodb.PutItemOutput{}, nil
	}
	return f.DynamoDB.PutItem(ctx, in, o...)
}

// blind is a zone that shows no records.
type blind struct{ dns.Route53 }

func (blind) ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error) {
	return &route53.ListResourceRecordSetsOutput{}, nil
}

// idle is a zone that is not changed.
type idle struct{ dns.Route53 }

func (idle) ChangeResourceRecordSets(context.Context, *route53.ChangeResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error) {
	return &route53.ChangeResourceRecordSetsOutput{}, nil
}
