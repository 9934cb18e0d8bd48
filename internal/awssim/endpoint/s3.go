package endpoint

import (
	"cmp"
	"context"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// s3 is S3, with buckets in the path. There are no versions, parts, ranges, conditions or checksums.
func s3() *service {
	object := on(func(c *Call) string { return "arn:aws:s3:::" + c.Str("Bucket") + "/" + c.Str("Key") })
	bucket := on(func(c *Call) string { return "arn:aws:s3:::" + c.Str("Bucket") })
	list := operation{name: "ListObjectsV2", action: "s3:ListBucket", resources: bucket, policy: bucketPolicy, context: listContext, do: listObjects}
	list.route = "GET /{Bucket}?list-type=2"
	slashed := list
	slashed.route = "GET /{Bucket}/?list-type=2"
	return &service{
		name:      "s3",
		protocols: []protocol{s3XML{}},
		operations: []operation{
			list, slashed,
			{name: "PutObject", route: "PUT /{Bucket}/{Key+}", resources: object, policy: bucketPolicy, do: putObject},
			{name: "GetObject", route: "GET /{Bucket}/{Key+}", resources: object, policy: bucketPolicy, do: getObject},
			{name: "HeadObject", route: "HEAD /{Bucket}/{Key+}", action: "s3:GetObject", resources: object, policy: bucketPolicy, do: getObject},
		},
	}
}

func findBucket(c *Call) (awssim.Bucket, error) {
	b, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Bucket, bool) { return s.Buckets.Get(c.Str("Bucket")) })
	if !ok {
		return b, noBucket()
	}
	return b, nil
}

func noBucket() error {
	return failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
}

func bucketPolicy(c *Call) *iam.Policy {
	b, _ := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Bucket, bool) { return s.Buckets.Get(c.Str("Bucket")) })
	return b.Policy
}

// listContext are the condition keys of s3:ListBucket (Service authorization reference, Amazon S3).
func listContext(c *Call) map[string][]string {
	return map[string][]string{"s3:prefix": {c.Str("prefix")}, "s3:delimiter": {c.Str("delimiter")}}
}

// metadataPrefix is what the names of headers begin with that clients store with an object.
const metadataPrefix = "X-Amz-Meta-"

func putObject(_ context.Context, c *Call) (any, error) {
	o := awssim.Object{
		Key: c.Str("Key"), Body: c.Body, Metadata: map[string]string{},
		ContentType: cmp.Or(c.Header.Get("Content-Type"), "binary/octet-stream"),
	}
	for name := range c.Header {
		if strings.HasPrefix(name, metadataPrefix) {
			o.Metadata[name] = c.Header.Get(name)
		}
	}
	o, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Object, bool) { return s.PutObject(c.Str("Bucket"), o) })
	if !ok {
		return nil, noBucket()
	}
	c.Reply.Set("ETag", o.ETag)
	return nil, nil
}

func getObject(_ context.Context, c *Call) (any, error) {
	b, err := findBucket(c)
	if err != nil {
		return nil, err
	}
	o, ok := b.Objects[c.Str("Key")]
	if !ok {
		return nil, failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	c.Reply.Set("ETag", o.ETag)
	c.Reply.Set("Content-Type", o.ContentType)
	c.Reply.Set("Last-Modified", o.LastModified.Format(http.TimeFormat))
	for name, value := range o.Metadata {
		c.Reply.Set(name, value)
	}
	return o.Body, nil
}

// maxListed is the greatest and the default number of keys in an answer.
const maxListed = 1000

type listedObject struct {
	Key          string
	LastModified *stamp
	ETag         string
	Size         int
	StorageClass string
}

type commonPrefix struct{ Prefix string }

type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	StartAfter            string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
	MaxKeys               int
	IsTruncated           bool
	Contents              []listedObject
	CommonPrefixes        []commonPrefix
}

func listObjects(_ context.Context, c *Call) (any, error) {
	b, err := findBucket(c)
	if err != nil {
		return nil, err
	}
	in := struct {
		Prefix     string `json:"prefix"`
		Delimiter  string `json:"delimiter"`
		StartAfter string `json:"start-after"`
		Token      string `json:"continuation-token"`
		Encoding   string `json:"encoding-type"`
		MaxKeys    int    `json:"max-keys"`
	}{MaxKeys: maxListed}
	if err := c.Bind(&in); err != nil || in.MaxKeys < 0 {
		return nil, failure(http.StatusBadRequest, "InvalidArgument", "Provided max-keys not an integer or within integer range")
	}
	entries := listEntries(b, in.Prefix, in.Delimiter, in.StartAfter)
	in.MaxKeys = min(in.MaxKeys, maxListed)
	part, next, ok := page(entries, in.Token, in.MaxKeys)
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect")
	}
	encode := func(text string) string { return text }
	if in.Encoding == "url" {
		encode = func(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "%2F", "/") }
	}
	out := listing{
		Name: b.Name, Prefix: encode(in.Prefix), Delimiter: encode(in.Delimiter), StartAfter: encode(in.StartAfter),
		EncodingType: in.Encoding, ContinuationToken: in.Token, NextContinuationToken: next,
		KeyCount: len(part), MaxKeys: in.MaxKeys, IsTruncated: next != "",
	}
	for _, entry := range part {
		o, isObject := b.Objects[entry]
		if !isObject || in.Delimiter != "" && strings.HasSuffix(entry, in.Delimiter) && entry != in.Prefix {
			out.CommonPrefixes = append(out.CommonPrefixes, commonPrefix{encode(entry)})
			continue
		}
		out.Contents = append(out.Contents, listedObject{encode(entry), stampOf(o.LastModified), o.ETag, len(o.Body), "STANDARD"})
	}
	return out, nil
}

// listEntries are the keys with the prefix after start, in order; those with the delimiter behind the prefix are replaced by
// what they have in common up to it.
func listEntries(b awssim.Bucket, prefix, delimiter, start string) []string {
	var entries []string
	for _, key := range slices.Sorted(maps.Keys(b.Objects)) {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok || key <= start {
			continue
		}
		if before, _, found := strings.Cut(rest, delimiter); delimiter != "" && found {
			key = prefix + before + delimiter
		}
		if len(entries) == 0 || entries[len(entries)-1] != key {
			entries = append(entries, key)
		}
	}
	return entries
}
