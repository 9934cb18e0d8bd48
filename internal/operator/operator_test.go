package operator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/rebuild"
)

func application() *Application {
	return &Application{Role: topology.Secondary, Document: topology.Document{Application: "Shop", GlobalCluster: "shop", Regions: map[topology.Role]topology.Site{
		topology.Primary: {Region: "us-east-1"}, topology.Secondary: {Region: "us-east-2"},
	}}}
}

// On a terminal, what goes on is shown in place with its time, and what has ended stays.
func TestStepsInPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		o := &Operator{Application: application(), Clock: failover.SystemClock{}, Out: &b, Terminal: true}
		s, stop := o.showSteps()
		start := time.Now()
		s.taken(failover.StepTaken{Name: failover.StepFence, Start: start})
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		s.taken(failover.StepTaken{Name: failover.StepFence, Start: start, End: time.Now(), Detail: "seen\nclosed"})
		s.taken(failover.StepTaken{Name: failover.StepPromote, Start: start, End: start, Error: "no"})
		s.begin(strings.Repeat("é", 200))
		stop()
		fence := "\r\x1b[K  fence    refuse writes at the edge, and see that they are refused "
		want := fence + "0.0s" + fence + "1.0s" + fence + "2.0s" + "\r\x1b[K" + "  fence      2.5s  ok  seen closed\n" + "  promote    0.0s  FAILED  no\n" +
			"\r\x1b[K  " + strings.Repeat("é", 76) + "\r\x1b[K"
		if got := b.String(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// A Region that is cut off may take its own cluster for the writer still.
func TestStatusContradiction(t *testing.T) {
	member := map[topology.Role]string{topology.Primary: "", topology.Secondary: ""}
	region := func(name string, writer topology.Role) RegionStatus {
		return RegionStatus{Region: name, Database: failover.DatabaseSeen{Found: true, Writer: writer, Members: member}}
	}
	s := Status{Active: topology.Secondary, Regions: map[topology.Role]RegionStatus{
		topology.Primary: region("us-east-1", topology.Primary), topology.Secondary: region("us-east-2", topology.Secondary),
	}}
	s.judge(application())
	if s.Writer != "" || len(s.Problems) != 1 || !strings.Contains(s.Problems[0], "each Region takes another cluster for the writer") {
		t.Errorf("got %+v", s)
	}
	s.Problems = nil
	s.Regions[topology.Secondary] = region("us-east-2", topology.Primary)
	s.judge(application())
	if s.Writer != topology.Primary || len(s.Problems) != 1 || !strings.Contains(s.Problems[0], "the active Region is us-east-2, and the writer is in us-east-1") {
		t.Errorf("got %+v", s)
	}
}

// A cluster that was detached writes on its own.
func TestStatusDetached(t *testing.T) {
	r := RegionStatus{Region: "us-east-2", Database: failover.DatabaseSeen{Found: true, Writer: topology.Primary}}
	r.Cluster = failover.ClusterSeen{Found: true}
	if got := r.writer(topology.Secondary); got != topology.Secondary {
		t.Errorf("got %q", got)
	}
	r.Cluster.Found = false
	if got := r.writer(topology.Secondary); got != topology.Primary {
		t.Errorf("without a cluster: got %q", got)
	}
}

// bucket is a bucket with one object at most.
type bucket struct {
	data []byte
	err  error
}

func (b *bucket) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (_ *s3.PutObjectOutput, err error) {
	if b.err != nil {
		return nil, b.err
	}
	b.data, err = io.ReadAll(in.Body)
	return &s3.PutObjectOutput{}, err
}

func (b *bucket) GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if b.err == nil && b.data == nil {
		return nil, &types.NoSuchKey{}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(b.data))}, b.err
}

func (b *bucket) ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return nil, errors.New("not used")
}

// What a cluster was like is found on another machine; that it cannot be looked for does not mean that there is nothing.
func TestRecipes(t *testing.T) {
	const arn = "arn:aws:rds:us-east-1:123456789012:cluster:shop-pri"
	b := &bucket{}
	warned := 0
	here := &recipes{directory: t.TempDir(), bucket: "b", s3: b, warn: func(error) { warned++ }}
	if got, err := here.Load(t.Context(), arn); got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if err := here.Save(t.Context(), rebuild.Recipe{ClusterArn: arn, ResourceID: "cluster-X"}); err != nil {
		t.Fatal(err)
	}
	elsewhere := &recipes{directory: t.TempDir(), bucket: "b", s3: b}
	for _, r := range []*recipes{here, elsewhere} {
		if got, err := r.Load(t.Context(), arn); err != nil || got.ResourceID != "cluster-X" {
			t.Errorf("got %v, %v", got, err)
		}
	}
	if _, err := elsewhere.Load(t.Context(), strings.Replace(arn, "us-east-1", "us-west-1", 1)); err == nil || !strings.Contains(err.Error(), "is about") {
		t.Errorf("another cluster's: got %v", err)
	}
	b.data = []byte("{")
	if _, err := elsewhere.Load(t.Context(), arn); err == nil {
		t.Error("a malformed recipe was read")
	}
	b.err = errors.New("no answer")
	if _, err := elsewhere.Load(t.Context(), arn); err == nil || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
	if err := here.Save(t.Context(), rebuild.Recipe{ClusterArn: arn}); err != nil || warned != 1 {
		t.Errorf("without a bucket: got %v, %d warnings", err, warned)
	}
	here.directory = "/dev/null/x"
	if err := here.Save(t.Context(), rebuild.Recipe{ClusterArn: arn}); err == nil {
		t.Error("a recipe was saved nowhere")
	}
}

// A question that nobody answers any more does not hold up the command.
func TestAskInterrupted(t *testing.T) {
	in, _ := io.Pipe()
	defer in.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := &Operator{In: in, Out: io.Discard}
	if _, err := o.ask(ctx, "?"); ExitOf(err) != Interrupted {
		t.Errorf("got %v", err)
	}
}
