package sigv4_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// endpoint is a server that verifies what the SDK's clients send, and remembers the last request.
type endpoint struct {
	*httptest.Server
	mu       sync.Mutex
	identity sigv4.Identity
	err      error
	body     string
	trailer  http.Header
}

// results are empty results in each service's protocol.
var results = map[string]string{
	"rds": "<DescribeDBClustersResponse><DescribeDBClustersResult/></DescribeDBClustersResponse>",
	"s3":  "<ListBucketResult/>",
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := verifier(now)
	v.Now = time.Now // the SDK's clock
	v.Lookup = func(id string) (sigv4.Credentials, bool) {
		c, ok := keys[id]
		c.Expires = time.Time{}
		return c, ok
	}
	identity, err := v.Verify(r)
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.identity, e.err, e.body, e.trailer = identity, err, string(body), r.Trailer
	e.mu.Unlock()
	var refused *sigv4.Error
	if errors.As(err, &refused) {
		answer := refused.Response(sigv4.RESTJSON)
		w.Header().Set("X-Amzn-ErrorType", answer.Code)
		w.WriteHeader(answer.Status)
		io.WriteString(w, `{"message": "`+answer.Message+`"}`)
		return
	}
	w.Header().Set("ETag", "etag")
	if result, ok := results[identity.Service]; ok {
		io.WriteString(w, result)
		return
	}
	io.WriteString(w, "{}")
}

// last is what came of the last request.
func (e *endpoint) last() (sigv4.Identity, string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.identity, e.body, e.err
}

// serve starts an endpoint, with or without TLS, and returns the configuration of its clients. These take every name for the
// endpoint's, because the key-value store's client puts the account's number before the host of a custom endpoint.
func serve(t *testing.T, secure bool) (*endpoint, aws.Config) {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewUnstartedServer(e)
	scheme := "http"
	if secure {
		scheme = "https"
		e.StartTLS()
	} else {
		e.Start()
	}
	t.Cleanup(e.Close)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, e.Listener.Addr().String())
	}}
	t.Cleanup(transport.CloseIdleConnections)
	if secure {
		pool := x509.NewCertPool()
		pool.AddCert(e.Certificate())
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, ServerName: "example.com"}
	}
	return e, aws.Config{
		Region: "us-east-2", BaseEndpoint: aws.String(scheme + "://aws.test:8080"), Credentials: user, RetryMaxAttempts: 1,
		HTTPClient: &http.Client{Transport: transport}, RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
	}
}

// provider gives fixed credentials.
type provider aws.Credentials

func (p provider) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials(p), nil }

var (
	user    = provider{AccessKeyID: userKey, SecretAccessKey: "secret"}
	session = provider{AccessKeyID: sessionKey, SecretAccessKey: "other", SessionToken: token}
)

const store = "arn:aws:cloudfront::123456789012:key-value-store/63947952-6415-4a7c-9e3b-f7d4a3b7a0b1"

// TestClients lets the SDK's own clients send requests of every protocol.
func TestClients(t *testing.T) {
	key := "a b/c+d//é/../x?&=%2F'()*!~"
	rows := []struct {
		name    string
		call    func(context.Context, aws.Config) error
		service string
		body    string
	}{
		{"rds", func(ctx context.Context, c aws.Config) error {
			_, err := rds.NewFromConfig(c).DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("a b+c")})
			return err
		}, "rds", "Action=DescribeDBClusters&DBClusterIdentifier=a+b%2Bc&Version=2014-10-31"},
		{"ssm", func(ctx context.Context, c aws.Config) error {
			_, err := ssm.NewFromConfig(c).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/a")})
			return err
		}, "ssm", `{"Name":"/a"}`},
		{"lambda", func(ctx context.Context, c aws.Config) error {
			_, err := lambda.NewFromConfig(c).Invoke(ctx, &lambda.InvokeInput{
				FunctionName: aws.String("arn:aws:lambda:us-east-2:123456789012:function:f"), Qualifier: aws.String("$LATEST"), Payload: []byte(`{"a": 1}`),
			})
			return err
		}, "lambda", `{"a": 1}`},
		{"s3 list", func(ctx context.Context, c aws.Config) error {
			_, err := s3client(c).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), Prefix: aws.String(key), Delimiter: aws.String("/")})
			return err
		}, "s3", ""},
		{"s3 get", func(ctx context.Context, c aws.Config) error {
			_, err := s3client(c).HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String(key), Range: aws.String("bytes=0-9")})
			return err
		}, "s3", ""},
		{"s3 put", func(ctx context.Context, c aws.Config) error {
			_, err := s3client(c).PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("bucket"), Key: aws.String(key), Body: bytes.NewReader(bytes.Repeat([]byte("x"), 100_000)),
				Metadata: map[string]string{"a": "  b   c "},
			})
			return err
		}, "s3", strings.Repeat("x", 100_000)},
		{"key-value store", func(ctx context.Context, c aws.Config) error {
			_, err := cloudfrontkeyvaluestore.NewFromConfig(c).PutKey(ctx, &cloudfrontkeyvaluestore.PutKeyInput{
				KvsARN: aws.String(store), Key: aws.String("active/region"), Value: aws.String("us-east-2"), IfMatch: aws.String("etag"),
			})
			return err
		}, "cloudfront-keyvaluestore", `{"Value":"us-east-2"}`},
	}
	for _, secure := range []bool{false, true} {
		e, config := serve(t, secure)
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				for _, caller := range []struct {
					provider
					want iam.Principal
				}{{user, ann}, {session, getter}} {
					c := config.Copy()
					c.Credentials = caller.provider
					err := row.call(t.Context(), c)
					identity, body, refused := e.last()
					if err != nil || refused != nil || identity.Principal != caller.want || identity.Service != row.service || body != row.body {
						t.Errorf("got %+v, body %.80q, %v, %v", identity, body, err, refused)
					}
					if !identity.In("us-east-2") {
						t.Errorf("got Regions %v", identity.Regions)
					}
				}
			})
		}
	}
}

func s3client(c aws.Config) *s3.Client {
	return s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true })
}

// TestClientStreams: an upload of a stream over TLS comes in chunks with a trailer.
func TestClientStreams(t *testing.T) {
	e, config := serve(t, true)
	_, err := s3client(config).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("k"), Body: io.MultiReader(strings.NewReader("some "), strings.NewReader("text")),
		ContentLength: aws.Int64(9),
	})
	_, body, refused := e.last()
	if err != nil || refused != nil || body != "some text" || e.trailer.Get("X-Amz-Checksum-Crc32") == "" {
		t.Errorf("got %q with trailer %v, %v, %v", body, e.trailer, err, refused)
	}
}

// TestClientPresigns fetches and stores with presigned URLs.
func TestClientPresigns(t *testing.T) {
	e, config := serve(t, false)
	client := s3.NewPresignClient(s3client(config))
	get, err := client.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b+ü")})
	if err != nil {
		t.Fatal(err)
	}
	put, err := client.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("k"), ContentType: aws.String("text/plain")})
	if err != nil {
		t.Fatal(err)
	}
	for _, signed := range []struct{ method, url, kind string }{{"GET", get.URL, ""}, {"PUT", put.URL, "text/plain"}} {
		r, err := http.NewRequestWithContext(t.Context(), signed.method, signed.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if signed.kind != "" {
			r.Header.Set("Content-Type", signed.kind)
		}
		response, err := config.HTTPClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if identity, _, refused := e.last(); refused != nil || !identity.Presigned {
			t.Errorf("%s: got %+v, %v", signed.method, identity, refused)
		}
	}
}

// TestClientOfVersion4A: the Region set, and refusals.
func TestClientOfVersion4A(t *testing.T) {
	e, config := serve(t, false)
	call := func(p provider) error {
		c := config.Copy()
		c.Credentials = p
		_, err := cloudfrontkeyvaluestore.NewFromConfig(c).DescribeKeyValueStore(
			t.Context(), &cloudfrontkeyvaluestore.DescribeKeyValueStoreInput{KvsARN: aws.String(store)},
		)
		return err
	}
	if err := call(user); err != nil {
		t.Fatal(err)
	}
	if identity, _, _ := e.last(); !slices.Equal(identity.Regions, []string{"*"}) || !slices.Contains(identity.SignedHeaders, "x-amz-region-set") {
		t.Errorf("got %+v", identity)
	}
	for want, p := range map[string]provider{
		"InvalidSignatureException":   {AccessKeyID: userKey, SecretAccessKey: "Secret"},
		"UnrecognizedClientException": {AccessKeyID: sessionKey, SecretAccessKey: "other", SessionToken: "x"},
	} {
		var refused smithy.APIError
		if err := call(p); !errors.As(err, &refused) || refused.ErrorCode() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
