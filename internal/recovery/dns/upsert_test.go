package dns_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

// The end of another try finds the replica of the first one, because the upsert event of the other comes late.
func TestLateUpsert(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30), end(app, lifecycle.Failover, 50))
	w.away("api2")
	w.must(upsert("api4", lifecycle.Done, 60)) // of a try that has not ended
	w.away("api2")
	w.must(upsert("api3", lifecycle.Done, 40)) // which the one before is newer than
	w.must(end(app, lifecycle.Failover, 70))
	w.away("api4")

	w = newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 50))
	w.route53.Fault = func(string, bool) error { return errors.New("throttled") }
	w.fails(upsert("api3", lifecycle.Done, 40), "throttled")
	w.route53.Fault = nil
	if report := w.must(upsert("api3", lifecycle.Done, 40)); report.Decisions[app] != dns.Move || len(report.Changes) != 1 {
		t.Errorf("report %+v", report)
	}
	w.away("api3")
	w.must(failback(), upsert("api5", lifecycle.Done, 45))
	w.atHome()
}

// A late event moves the records of its own resource, and leaves alone what somebody has changed since.
func TestLateUpsertMovesItsRecordsOnly(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 50))
	w.route53.Set(set("static.example.com", "A", 30, "203.0.113.9"))
	w.must(upsert("api3", lifecycle.Done, 40))
	w.points("api3.execute-api.us-east-2.amazonaws.com", "203.0.113.9")
}

// A failover that waits for two resources moves nothing before both are there.
func TestLateUpsertsOfTwoResources(t *testing.T) {
	const second = "arn:aws:apigateway:us-east-1::/restapis/home2"
	w := newWorld(t)
	w.handler.Plan.Records[1] = dnsplan.Record{
		Name: "second.example.com", Type: "CNAME", Application: app, Resource: second, Primary: dnsplan.Target{Values: []string{"home.example.net"}},
		Recovery: dnsplan.Target{Values: []string{"{recovery-resource-name}.example.net"}},
	}
	w.fails(end(app, lifecycle.Failover, 50), "not ready")
	w.must(upsert("api2", lifecycle.Done, 20))
	w.atHome()
	other := upsert("x", lifecycle.Done, 30)
	other.Detail.PrimaryResourceARN = second
	w.must(other)
	w.points("api2.execute-api.us-east-2.amazonaws.com", homeIP)
	if got := w.route53.Values("second.example.com", "CNAME"); got != "orders.example.net" {
		t.Errorf("second.example.com is %s", got)
	}
}

func TestReplicasOfTestsAreNotKept(t *testing.T) {
	for _, phase := range []lifecycle.Phase{lifecycle.FailoverTest, lifecycle.Standby, ""} {
		w := newWorld(t)
		e := upsert("api2", lifecycle.Done, 20)
		e.Detail.RestorePhase = phase
		if report := w.must(e); report.Decisions["ArpioResourceUpsert"] != dns.Unrelated {
			t.Errorf("report %+v", report)
		}
		w.fails(end(app, lifecycle.Failover, 30), "no upsert event of this failover is known")
	}
}

// What is done in the second in which it was begun is done, in whichever order the events come.
func TestTheSameSecond(t *testing.T) {
	for _, states := range [][]lifecycle.State{{lifecycle.Processing, lifecycle.Done}, {lifecycle.Done, lifecycle.Processing}} {
		w := newWorld(t)
		w.must(upsert("api2", states[0], 20), upsert("api2", states[1], 20), end(app, lifecycle.Failover, 30))
		w.away("api2")
	}
}

// The table has nothing but what this package says: numbers, ids and names.
func TestItems(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30))
	for key, want := range map[string]int{"resource#" + api: 8, "application#" + app: 7, "lease": 0} {
		out, err := w.dynamoDB.GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: aws.String("Order"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: key}},
		})
		if err != nil || len(out.Item) != want {
			t.Errorf("%s has %d attributes, want %d: %v", key, len(out.Item), want, err)
		}
	}
}
