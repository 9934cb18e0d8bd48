package rehearsal

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
)

// running is a system that is up, and what is needed to use it.
type running struct {
	rehearsal.System

	t      *testing.T
	client *client.Client
	tokens map[string]string
}

// bringUp brings the application up, fast, with its table.
func bringUp(t *testing.T, kind database.Kind) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	system, err := local.Start(ctx, rehearsal.Options{
		Functions: functions, Assembly: assembly, Database: string(kind), Listen: "127.0.0.1:0", Seed: 7, TimeScale: 0.005,
	}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	r := &running{System: system, t: t, tokens: make(map[string]string)}
	r.client = client.New(system.Endpoints(), application.Regions(), 4)
	t.Cleanup(func() {
		r.client.Close()
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, region := range application.Regions() {
		token, err := r.client.AccessToken(ctx, region)
		if err != nil {
			t.Fatal(err)
		}
		r.tokens[region] = token
	}
	create := application.Function(application.Primary, topology.CreateTableFunction)
	if a := r.client.Invoke(ctx, application.Primary, create, `{"action":"CREATE_TABLE"}`); a.Status != http.StatusOK {
		t.Fatalf("create the table: %+v", a)
	}
	return r
}

// post creates a to-do at a Region's own API.
func (r *running) post(region string) client.Answer {
	item := client.Item{Task: "follow", Status: "wip"}
	return r.client.Do(r.t.Context(), client.Request{
		Method: http.MethodPost, URL: r.Endpoints().API[region] + "/v1", Token: r.tokens[region], Body: item.Creation(),
	})
}

// get reads a to-do through the edge.
func (r *running) get(id uint64) client.Answer {
	return r.client.Do(r.t.Context(), client.Request{
		Method: http.MethodGet, URL: fmt.Sprintf("%s/v1?id=%d", r.Endpoints().Edge, id), Token: r.tokens[application.Primary], // which both Regions accept
	})
}

// written waits until a Region takes a write, and returns its id.
func (r *running) written(region string) uint64 {
	r.t.Helper()
	var last client.Answer
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if last = r.post(region); last.Status == http.StatusCreated {
			item, err := client.ReadItem(last.Body)
			if err != nil {
				r.t.Fatal(err)
			}
			return item.ID
		}
	}
	r.t.Fatalf("%s takes no write: %d %s %v", region, last.Status, last.Body, last.Err)
	return 0
}

// reads waits until a to-do is read through the edge, and returns the Region that served.
func (r *running) reads(id uint64) string {
	r.t.Helper()
	var last client.Answer
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if last = r.get(id); last.Status == http.StatusOK {
			return last.Header.Get(client.RegionHeader)
		}
	}
	r.t.Fatalf("%d cannot be read: %d %s %v", id, last.Status, last.Body, last.Err)
	return ""
}

// refuses waits until a Region takes no write: a former primary learns some time after it is back that it is none.
func (r *running) refuses(region string) {
	r.t.Helper()
	var last client.Answer
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if last = r.post(region); last.Status == http.StatusServiceUnavailable {
			return
		}
	}
	r.t.Fatalf("%s still answers %d %s %v", region, last.Status, last.Body, last.Err)
}

// delay lets the standby lag by that much.
func (r *running) delay(lag time.Duration) {
	r.t.Helper()
	if err := r.Disasters().Delay(r.t.Context(), lag); err != nil {
		r.t.Fatal(err)
	}
}

// rds are RDS clients of a Region, with the operator's credentials.
func (r *running) rds(region string) *rds.Client {
	e := r.Endpoints().AWS
	return rds.New(rds.Options{
		Region: region, BaseEndpoint: aws.String(e.Endpoint), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, ""),
	})
}

const global, standby = "todomgmt-infra-pri-global-db-cluster", "arn:aws:rds:us-east-2:123456789012:cluster:todomgmt-infra-secd-db-cluster"

// kinds are the databases.
func kinds() []database.Kind { return []database.Kind{database.Embedded, database.MariaDB} }

// After a switchover the other Region writes, this one does not, and nothing is lost, however far the standby lags.
func TestSwitchover(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := bringUp(t, kind)
			r.delay(time.Hour)
			id := r.written(application.Primary)
			if _, err := r.rds(application.Primary).SwitchoverGlobalCluster(t.Context(), &rds.SwitchoverGlobalClusterInput{
				GlobalClusterIdentifier: aws.String(global), TargetDbClusterIdentifier: aws.String(standby),
			}); err != nil {
				t.Fatal(err)
			}
			second := r.written(application.Secondary)
			if second == id {
				t.Errorf("the number %d is given twice: what was written before is lost", id)
			}
			r.delay(0)
			r.refuses(application.Primary)
			r.reads(id)
			r.reads(second)
		})
	}
}

// When a Region is lost, reads go on from the other one; after a failover that writes; and the lost one comes back as a standby.
func TestLostRegion(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := bringUp(t, kind)
			id := r.written(application.Primary)
			for r.reads(id) != application.Primary {
				t.Fatal("the primary does not serve")
			}
			r.Disasters().LoseRegion(application.Primary)
			if region := r.reads(id); region != application.Secondary {
				t.Errorf("%s serves", region)
			}
			if a := r.post(application.Primary); a.Err == nil {
				t.Errorf("the lost Region answers %d", a.Status)
			}
			if _, err := r.rds(application.Primary).DescribeDBClusters(t.Context(), nil); err == nil {
				t.Error("RDS in the lost Region answers")
			}
			if _, err := r.rds(application.Secondary).FailoverGlobalCluster(t.Context(), &rds.FailoverGlobalClusterInput{
				GlobalClusterIdentifier: aws.String(global), TargetDbClusterIdentifier: aws.String(standby), AllowDataLoss: aws.Bool(true),
			}); err != nil {
				t.Fatal(err)
			}
			second := r.written(application.Secondary)

			r.Disasters().ReturnRegion(application.Primary)
			for deadline := time.Now().Add(time.Minute); ; {
				if region := r.reads(second); region == application.Primary {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("the Region that is back does not get what the other one wrote")
				}
			}
			r.refuses(application.Primary)
		})
	}
}
