package endpoint_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// putStore puts a key-value store into the cloud.
func putStore(f *fixture, items map[string]string) (k awssim.KeyValueStore) {
	f.do(func(s *awssim.State) { k = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge", Items: items}) })
	return k
}

func TestKeyValueStoreReads(t *testing.T) {
	f := newFixture(t)
	k := putStore(f, map[string]string{"active": "us-east-1", "a/b c": "slash"})
	client := kvs.NewFromConfig(f.config(secondary))
	described := must(client.DescribeKeyValueStore(t.Context(), &kvs.DescribeKeyValueStoreInput{KvsARN: &k.ARN}))(t)
	equal(t, "ETag", *described.ETag, k.ETag)
	equal(t, "count", *described.ItemCount, 2)
	equal(t, "size", *described.TotalSizeInBytes, int64(len("activeus-east-1a/b cslash")))
	equal(t, "created", described.Created.IsZero(), false)
	for key, want := range map[string]string{"active": "us-east-1", "a/b c": "slash"} {
		equal(t, key, *must(client.GetKey(t.Context(), &kvs.GetKeyInput{KvsARN: &k.ARN, Key: &key}))(t).Value, want)
	}
	_, err := client.GetKey(t.Context(), &kvs.GetKeyInput{KvsARN: &k.ARN, Key: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
	none := aws.String(k.ARN + "x")
	_, err = client.DescribeKeyValueStore(t.Context(), &kvs.DescribeKeyValueStoreInput{KvsARN: none})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = client.ListKeys(t.Context(), &kvs.ListKeysInput{KvsARN: none})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = client.GetKey(t.Context(), &kvs.GetKeyInput{KvsARN: none, Key: aws.String("active")})
	f.wantCode(err, "ResourceNotFoundException")
}

func TestListKeys(t *testing.T) {
	f := newFixture(t)
	items := map[string]string{}
	for i := range 25 {
		items[fmt.Sprintf("k%02d", i)] = fmt.Sprint(i)
	}
	k := putStore(f, items)
	client := kvs.NewFromConfig(f.config(primary))
	pages := kvs.NewListKeysPaginator(client, &kvs.ListKeysInput{KvsARN: &k.ARN})
	seen, sizes := 0, ""
	for pages.HasMorePages() {
		out := must(pages.NextPage(t.Context()))(t)
		for _, item := range out.Items {
			equal(t, "key", *item.Key, fmt.Sprintf("k%02d", seen))
			seen++
		}
		sizes += fmt.Sprint(len(out.Items), " ")
	}
	equal(t, "pages", sizes, "10 10 5 ")
	for _, in := range []*kvs.ListKeysInput{
		{KvsARN: &k.ARN, MaxResults: aws.Int32(51)},
		{KvsARN: &k.ARN, NextToken: aws.String("ZnJvbSAtMQ==")},
		{KvsARN: &k.ARN, NextToken: aws.String("ZnJvbSA5OQ==")},
	} {
		_, err := client.ListKeys(t.Context(), in)
		f.wantCode(err, "ValidationException")
	}
}

func TestKeyValueStoreWrites(t *testing.T) {
	f := newFixture(t)
	k := putStore(f, map[string]string{"active": "us-east-1"})
	client := kvs.NewFromConfig(f.config(primary))
	put := must(client.PutKey(t.Context(), &kvs.PutKeyInput{KvsARN: &k.ARN, IfMatch: &k.ETag, Key: aws.String("active"), Value: aws.String("us-east-2")}))(t)
	equal(t, "count", *put.ItemCount, 1)
	equal(t, "a new version", *put.ETag != k.ETag, true)

	_, err := client.PutKey(t.Context(), &kvs.PutKeyInput{KvsARN: &k.ARN, IfMatch: &k.ETag, Key: aws.String("a"), Value: aws.String("b")})
	f.wantCode(err, "ConflictException")

	updated := must(client.UpdateKeys(t.Context(), &kvs.UpdateKeysInput{
		KvsARN: &k.ARN, IfMatch: put.ETag,
		Puts:    []types.PutKeyRequestListItem{{Key: aws.String("fence"), Value: aws.String("on")}},
		Deletes: []types.DeleteKeyRequestListItem{{Key: aws.String("active")}},
	}))(t)
	equal(t, "count", *updated.ItemCount, 1)
	deleted := must(client.DeleteKey(t.Context(), &kvs.DeleteKeyInput{KvsARN: &k.ARN, IfMatch: updated.ETag, Key: aws.String("fence")}))(t)
	equal(t, "count", *deleted.ItemCount, 0)
	_, err = client.DeleteKey(t.Context(), &kvs.DeleteKeyInput{KvsARN: &k.ARN, IfMatch: deleted.ETag, Key: aws.String("fence")})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = client.PutKey(t.Context(), &kvs.PutKeyInput{KvsARN: aws.String(k.ARN + "x"), IfMatch: &k.ETag, Key: aws.String("a"), Value: aws.String("b")})
	f.wantCode(err, "ResourceNotFoundException")
}

func TestKeyValueStoreLimits(t *testing.T) {
	f := newFixture(t)
	k := putStore(f, map[string]string{"big": strings.Repeat("x", 5<<20-100)})
	client := kvs.NewFromConfig(f.config(primary))
	entry := func(key, value int) types.PutKeyRequestListItem {
		return types.PutKeyRequestListItem{Key: aws.String(strings.Repeat("k", key)), Value: aws.String(strings.Repeat("v", value))}
	}
	many := make([]types.PutKeyRequestListItem, 51)
	for i := range many {
		many[i] = types.PutKeyRequestListItem{Key: aws.String(fmt.Sprint(i)), Value: aws.String("")}
	}
	tests := map[string]struct {
		puts    []types.PutKeyRequestListItem
		deletes []types.DeleteKeyRequestListItem
		code    string
	}{
		"key too long":         {[]types.PutKeyRequestListItem{entry(513, 1)}, nil, "ValidationException"},
		"value too long":       {[]types.PutKeyRequestListItem{entry(1, 1025)}, nil, "ValidationException"},
		"too many keys":        {many, nil, "ValidationException"},
		"nothing":              {nil, nil, "ValidationException"},
		"twice":                {[]types.PutKeyRequestListItem{entry(1, 1), entry(1, 2)}, nil, "ValidationException"},
		"both":                 {[]types.PutKeyRequestListItem{entry(1, 1)}, []types.DeleteKeyRequestListItem{{Key: aws.String("k")}}, "ValidationException"},
		"store would be large": {[]types.PutKeyRequestListItem{entry(1, 1000)}, nil, "ServiceQuotaExceededException"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.UpdateKeys(t.Context(), &kvs.UpdateKeysInput{KvsARN: &k.ARN, IfMatch: &k.ETag, Puts: test.puts, Deletes: test.deletes})
			f.wantCode(err, test.code)
		})
	}
}

// The store's clients ask for a host that has no address; the endpoint is reached as their proxy.
func TestKeyValueStoreByProxy(t *testing.T) {
	f := newFixture(t)
	k := putStore(f, map[string]string{"a b/c": "d"})
	transport := &http.Transport{Proxy: http.ProxyURL(must(url.Parse(f.server.URL))(t))}
	defer transport.CloseIdleConnections()
	cfg := f.config(primary)
	cfg.HTTPClient = &http.Client{Transport: plain{transport}}
	client := kvs.NewFromConfig(cfg)
	equal(t, "value", *must(client.GetKey(t.Context(), &kvs.GetKeyInput{KvsARN: &k.ARN, Key: aws.String("a b/c")}))(t).Value, "d")
	must(client.PutKey(t.Context(), &kvs.PutKeyInput{KvsARN: &k.ARN, IfMatch: &k.ETag, Key: aws.String("e/f"), Value: aws.String("g")}))(t)
}
