// Package runstore keeps the journals and reports of runs in an S3 bucket of the Region that they activate:
//
//	runs/<run>/entries/<time>-<number>.json   one entry of the journal each, so that nothing is ever written twice
//	runs/<run>/report.json                    the report, for programs
//	runs/<run>/report.md                      the report, for people
//	drills/last.json                          how the last drill ended
//
// Objects are encrypted as the bucket has it.
package runstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// S3 is what is asked of S3. [s3.Client] satisfies it.
type S3 interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// Store is a bucket with runs. It implements [failover.Journal].
type Store struct {
	// S3 is the client.
	S3 S3

	// Bucket is the bucket's name.
	Bucket string

	entries atomic.Int64
}

// Drill is how a drill ended.
type Drill struct {
	// Run names the drill's run.
	Run string `json:"run"`

	// Ended is when it ended.
	Ended time.Time `json:"ended"`

	// Succeeded says whether the application moved there and back, verified at both ends.
	Succeeded bool `json:"succeeded"`
}

// lastDrill is the key of the last [Drill].
const lastDrill = "drills/last.json"

// maxObject is how much of an object is read, in bytes. An entry has a few kilobytes.
const maxObject = 1 << 20

// entryTime is how a time stands in a key, so that keys are in the order of time.
const entryTime = "20060102T150405.000000000Z"

// Prefix is what the keys of a run begin with.
func Prefix(run string) string { return "runs/" + run + "/" }

// Append adds an entry to a run's journal.
func (s *Store) Append(ctx context.Context, run string, e failover.Entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode entry: %w", err)
	}
	key := fmt.Sprintf("%sentries/%s-%04d.json", Prefix(run), e.At.UTC().Format(entryTime), s.entries.Add(1))
	return s.put(ctx, key, "application/json", data)
}

// Entries are the entries of a run's journal, in the order of time. What cannot be read is missing and named by the error.
func (s *Store) Entries(ctx context.Context, run string) ([]failover.Entry, error) {
	keys, err := s.keys(ctx, Prefix(run)+"entries/")
	if err != nil {
		return nil, err
	}
	var entries []failover.Entry
	var errs []error
	for _, key := range keys {
		var e failover.Entry
		if err := s.get(ctx, key, &e); err != nil {
			errs = append(errs, err)
			continue
		}
		entries = append(entries, e)
	}
	return entries, errors.Join(errs...)
}

// Save writes a report in both forms, and returns the key of the one for people.
func (s *Store) Save(ctx context.Context, r report.Report) (string, error) {
	key := Prefix(r.Run) + "report.md"
	return key, errors.Join(
		s.put(ctx, Prefix(r.Run)+"report.json", "application/json", r.JSON()),
		s.put(ctx, key, "text/markdown; charset=utf-8", []byte(r.Markdown())),
	)
}

// SaveDrill writes how a drill ended.
func (s *Store) SaveDrill(ctx context.Context, d Drill) error {
	data, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode drill: %w", err)
	}
	return s.put(ctx, lastDrill, "application/json", data)
}

// LastDrill reads how the last drill ended; nil if there was none.
func (s *Store) LastDrill(ctx context.Context) (*Drill, error) {
	var d Drill
	err := s.get(ctx, lastDrill, &d)
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

func (s *Store) put(ctx context.Context, key, contentType string, data []byte) error {
	_, err := s.S3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &s.Bucket, Key: &key, Body: bytes.NewReader(data), ContentType: &contentType,
	})
	if err != nil {
		return fmt.Errorf("put s3://%s/%s: %w", s.Bucket, key, err)
	}
	return nil
}

func (s *Store) get(ctx context.Context, key string, into any) error {
	out, err := s.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.Bucket, Key: &key})
	if err != nil {
		return fmt.Errorf("get s3://%s/%s: %w", s.Bucket, key, err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(io.LimitReader(out.Body, maxObject))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("read s3://%s/%s: %w", s.Bucket, key, err)
	}
	return nil
}

// keys are the keys that begin with a prefix.
func (s *Store) keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	pages := s3.NewListObjectsV2Paginator(s.S3, &s3.ListObjectsV2Input{Bucket: &s.Bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list s3://%s/%s: %w", s.Bucket, prefix, err)
		}
		for _, object := range page.Contents {
			if key := aws.ToString(object.Key); strings.HasSuffix(key, ".json") {
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}
