package runstore_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// bucket is a bucket that lists two keys at a time. Keys that contain fails cannot be written, read or listed.
type bucket struct {
	objects map[string]string
	fails   string
}

var errDown = errors.New("slow down")

func (b *bucket) failing(key string) error {
	if b.fails != "" && strings.Contains(key, b.fails) {
		return errDown
	}
	return nil
}

func (b *bucket) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if err := b.failing(*in.Key); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(in.Body)
	b.objects[*in.Key] = string(data)
	return &s3.PutObjectOutput{}, err
}

func (b *bucket) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if err := b.failing(*in.Key); err != nil {
		return nil, err
	}
	text, ok := b.objects[*in.Key]
	if !ok {
		return nil, &types.NoSuchKey{}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(text))}, nil
}

func (b *bucket) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	if err := b.failing(*in.Prefix); err != nil {
		return nil, err
	}
	out := &s3.ListObjectsV2Output{}
	for _, key := range b.keys() {
		if !strings.HasPrefix(key, *in.Prefix) || key <= aws.ToString(in.ContinuationToken) {
			continue
		}
		if len(out.Contents) == 2 {
			out.IsTruncated, out.NextContinuationToken = aws.Bool(true), out.Contents[1].Key
			break
		}
		out.Contents = append(out.Contents, types.Object{Key: &key})
	}
	return out, nil
}

func (b *bucket) keys() []string {
	var keys []string
	for key := range b.objects {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func newStore() (*runstore.Store, *bucket) {
	b := &bucket{objects: map[string]string{}}
	return &runstore.Store{S3: b, Bucket: "reports"}, b
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestJournal reads back what several invocations have written, in order of time.
func TestJournal(t *testing.T) {
	_, b := newStore()
	var want []failover.Entry
	for i := range 5 {
		s := &runstore.Store{S3: b, Bucket: "reports"} // another invocation
		e := failover.Entry{At: start.Add(time.Duration(i) * time.Millisecond), Outcome: &failover.Result{Outcome: failover.Moved}}
		want = append(want, e)
		if err := s.Append(t.Context(), "r1", e); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := newStore()
	s.S3 = b
	if err := s.Append(t.Context(), "r1-back", want[0]); err != nil { // another run
		t.Fatal(err)
	}
	got, err := s.Entries(t.Context(), "r1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, entries (-want +got):\n%s", err, diff)
	}
	if key := "runs/r1/entries/20260301T120000.000000000Z-0001.json"; b.objects[key] == "" {
		t.Errorf("lacks %s: %v", key, b.keys())
	}
}

// TestSameTime loses nothing.
func TestSameTime(t *testing.T) {
	s, _ := newStore()
	for range 3 {
		if err := s.Append(t.Context(), "r1", failover.Entry{At: start}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Entries(t.Context(), "r1"); len(got) != 3 || err != nil {
		t.Errorf("got %d entries, %v", len(got), err)
	}
}

// TestBrokenEntries are left out and named.
func TestBrokenEntries(t *testing.T) {
	s, b := newStore()
	if err := s.Append(t.Context(), "r1", failover.Entry{At: start}); err != nil {
		t.Fatal(err)
	}
	b.objects["runs/r1/entries/0.json"], b.objects["runs/r1/entries/1.json"] = "{", "{}"
	b.fails = "1.json"
	b.objects["runs/r1/entries/2.txt"] = "not an entry"
	got, err := s.Entries(t.Context(), "r1")
	if len(got) != 0 || err == nil || !strings.Contains(err.Error(), "read s3://reports/runs/r1/entries/0.json: unexpected end") ||
		!strings.Contains(err.Error(), "get s3://reports/runs/r1/entries/1.json: slow down") {
		t.Errorf("got %d entries, %v", len(got), err)
	}
	b.fails = "runs/"
	if _, err := s.Entries(t.Context(), "r1"); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	if err := s.Append(t.Context(), "r1", failover.Entry{}); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
}

func TestSave(t *testing.T) {
	s, b := newStore()
	r := report.Build(topology.Document{Application: "Shop"}, "r1", nil)
	key, err := s.Save(t.Context(), r)
	if err != nil || b.objects[key] != r.Markdown() || b.objects["runs/r1/report.json"] != string(r.JSON()) {
		t.Errorf("%v: got %v", err, b.objects)
	}
	b.fails = "report.json"
	if _, err := s.Save(t.Context(), r); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
}

func TestDrill(t *testing.T) {
	s, b := newStore()
	if d, err := s.LastDrill(t.Context()); d != nil || err != nil {
		t.Errorf("got %v, %v before any drill", d, err)
	}
	want := runstore.Drill{Run: "r1", Ended: start, Succeeded: true}
	if err := s.SaveDrill(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := s.LastDrill(t.Context())
	if err != nil || got == nil || *got != want {
		t.Errorf("got %v, %v", got, err)
	}
	b.fails = "drills/"
	if _, err := s.LastDrill(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
}
