package endpoint_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func newS3(f *fixture) *s3.Client {
	f.do(func(s *awssim.State) { s.CreateBucket(awssim.Bucket{Name: "artifacts", Region: primary}) })
	return s3.NewFromConfig(f.config(primary), func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true
	})
}

func TestObjects(t *testing.T) {
	f := newFixture(t)
	client := newS3(f)
	bucket, key := aws.String("artifacts"), aws.String("reports/a b+c.json")
	put := must(client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: bucket, Key: key, Body: strings.NewReader(`{"a":1}`), ContentType: aws.String("application/json"), Metadata: map[string]string{"run": "7"},
	}))(t)
	got := must(client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key}))(t)
	equal(t, "body", string(must(io.ReadAll(got.Body))(t)), `{"a":1}`)
	equal(t, "ETag", *got.ETag, *put.ETag)
	equal(t, "type", *got.ContentType, "application/json")
	equal(t, "metadata", got.Metadata["run"], "7")
	large := must(client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("large"), Body: strings.NewReader(strings.Repeat("x", 1<<20))}))(t)
	headLarge := must(client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("large")}))(t)
	equal(t, "large", fmt.Sprint(*headLarge.ContentLength, *headLarge.ETag), fmt.Sprint(1<<20, *large.ETag))
	head := must(client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: key}))(t)
	equal(t, "length", *head.ContentLength, 7)

	_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")})
	f.wantCode(err, "NoSuchKey")
	_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("none")})
	f.wantCode(err, "NotFound")
	_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("nowhere"), Key: key})
	f.wantCode(err, "NoSuchBucket")
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("nowhere"), Key: key, Body: strings.NewReader("")})
	f.wantCode(err, "NoSuchBucket")
	_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key})
	f.wantCode(err, "MethodNotAllowed")
}

func TestListObjects(t *testing.T) {
	f := newFixture(t)
	client := newS3(f)
	f.do(func(s *awssim.State) {
		for i := range 5 {
			s.PutObject("artifacts", awssim.Object{Key: fmt.Sprintf("a/%d", i), Body: []byte("x")})
		}
		s.PutObject("artifacts", awssim.Object{Key: "b"})
	})
	bucket := aws.String("artifacts")
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: aws.String("a/"), MaxKeys: aws.Int32(2)})
	keys := ""
	for pages.HasMorePages() {
		out := must(pages.NextPage(t.Context()))(t)
		for _, o := range out.Contents {
			keys += *o.Key + " "
			equal(t, "size", *o.Size, 1)
		}
	}
	equal(t, "keys", keys, "a/0 a/1 a/2 a/3 a/4 ")
	top := must(client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, Delimiter: aws.String("/")}))(t)
	equal(t, "folder", *top.CommonPrefixes[0].Prefix, "a/")
	equal(t, "object", *top.Contents[0].Key, "b")
	after := must(client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, StartAfter: aws.String("a/3")}))(t)
	equal(t, "after", int(*after.KeyCount), 2)
	_, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("nowhere")})
	f.wantCode(err, "NoSuchBucket")
	_, err = client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, ContinuationToken: aws.String("?")})
	f.wantCode(err, "InvalidArgument")
}
