package test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/constructs/failoveredge"
	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// edgeProps are the least props of an edge.
func edgeProps() *failoveredge.Props {
	return &failoveredge.Props{
		Primary:   failoveredge.Origin{Region: "us-east-1", DomainName: "a1.execute-api.us-east-1.amazonaws.com", OriginPath: "/prod"},
		Secondary: failoveredge.Origin{Region: "us-east-2", DomainName: "b2.execute-api.us-east-2.amazonaws.com", OriginPath: "/prod"},
	}
}

// asJSON is v as decoded JSON.
func asJSON(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

func TestFailoverEdgeStore(t *testing.T) {
	stack := newStack(t)
	failoveredge.New(stack, "Edge", edgeProps())
	named := edgeProps()
	named.StoreName = "todo-edge"
	failoveredge.New(stack, "Named", named)
	var names []any
	for _, store := range synthesize(t, stack).resources(t, "AWS::CloudFront::KeyValueStore") {
		names = append(names, store.properties["Name"])
		if source, ok := store.properties["ImportSource"]; ok {
			t.Errorf("%s is filled from %v, which would name the active Region", store.id, source)
		}
	}
	if len(names) != 2 || !slices.Contains(names, any("todo-edge")) {
		t.Errorf("stores are named %v, want one of them todo-edge", names)
	}
}

func TestFailoverEdgeFunction(t *testing.T) {
	stack := newStack(t)
	failoveredge.New(stack, "Edge", edgeProps())
	template := synthesize(t, stack)
	function := template.only(t, "AWS::CloudFront::Function")
	store := template.only(t, "AWS::CloudFront::KeyValueStore")
	want := asJSON(t, map[string]any{
		"Comment":                   "Chooses the Region that serves a request",
		"Runtime":                   "cloudfront-js-2.0",
		"KeyValueStoreAssociations": []any{map[string]any{"KeyValueStoreARN": map[string]any{"Fn::GetAtt": []any{store.id, "Arn"}}}},
	})
	if diff := cmp.Diff(want, function.properties["FunctionConfig"]); diff != "" {
		t.Errorf("function (-want +got):\n%s", diff)
	}
	if function.properties["AutoPublish"] != true {
		t.Error("the function is not published")
	}

	code, err := edgejs.New(function.properties["FunctionCode"].(string))
	if err != nil {
		t.Fatal(err)
	}
	result, err := code.Run(t.Context(), edgejs.Event{Request: edgejs.Request{Method: "GET"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Request.Headers[failoveredge.RegionHeader].Value; got != "us-east-1" {
		t.Errorf("the function chose %q, want us-east-1", got)
	}
}

func TestFailoverEdgeHeaders(t *testing.T) {
	stack := newStack(t)
	failoveredge.New(stack, "Edge", edgeProps())
	template := synthesize(t, stack)
	policy := template.only(t, "AWS::CloudFront::ResponseHeadersPolicy")
	template.hasProperties(t, "AWS::CloudFront::Distribution", map[string]any{"DistributionConfig": map[string]any{
		"DefaultCacheBehavior": map[string]any{"ResponseHeadersPolicyId": map[string]any{"Ref": policy.id}},
	}})
	config := policy.properties["ResponseHeadersPolicyConfig"].(map[string]any)
	want := asJSON(t, map[string]any{
		"ContentSecurityPolicy":   map[string]any{"ContentSecurityPolicy": "default-src 'none'; frame-ancestors 'none'", "Override": true},
		"ContentTypeOptions":      map[string]any{"Override": true},
		"FrameOptions":            map[string]any{"FrameOption": "DENY", "Override": true},
		"ReferrerPolicy":          map[string]any{"ReferrerPolicy": "no-referrer", "Override": true},
		"StrictTransportSecurity": map[string]any{"AccessControlMaxAgeSec": 63072000, "IncludeSubdomains": false, "Override": true},
	})
	if diff := cmp.Diff(want, config["SecurityHeadersConfig"]); diff != "" {
		t.Errorf("security headers (-want +got):\n%s", diff)
	}
	custom := asJSON(t, map[string]any{"Items": []any{map[string]any{"Header": "cache-control", "Value": "no-store", "Override": false}}})
	if diff := cmp.Diff(custom, config["CustomHeadersConfig"]); diff != "" {
		t.Errorf("custom headers (-want +got):\n%s", diff)
	}
	if removed, ok := config["RemoveHeadersConfig"]; ok {
		t.Errorf("the policy removes %v, so the API's own headers do not all get through", removed)
	}
}

func TestFailoverEdgeLogs(t *testing.T) {
	for _, tt := range []struct {
		name     string
		change   func(*failoveredge.Props)
		days     int
		deletion string
	}{
		{"defaults", func(*failoveredge.Props) {}, 90, "Retain"},
		{"set", func(p *failoveredge.Props) {
			p.LogRetentionDays, p.LogRemovalPolicy = 7, awscdk.RemovalPolicy_DESTROY
		}, 7, "Delete"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stack := newStack(t)
			props := edgeProps()
			tt.change(props)
			failoveredge.New(stack, "Edge", props)
			template := synthesize(t, stack)

			bucket := template.only(t, "AWS::S3::Bucket")
			if bucket.raw["DeletionPolicy"] != tt.deletion || bucket.raw["UpdateReplacePolicy"] != tt.deletion {
				t.Errorf("the bucket is kept as %v, want %s", bucket.raw["DeletionPolicy"], tt.deletion)
			}
			want := asJSON(t, map[string]any{
				"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{
					map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}},
				}},
				"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
					"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 1}, "ExpirationInDays": tt.days, "Status": "Enabled",
				}}},
				"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerPreferred"}}},
				"PublicAccessBlockConfiguration": map[string]any{
					"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
				},
			})
			if diff := cmp.Diff(want, asJSON(t, bucket.properties)); diff != "" {
				t.Errorf("bucket (-want +got):\n%s", diff)
			}
			template.hasProperties(t, "AWS::CloudFront::Distribution", map[string]any{"DistributionConfig": map[string]any{
				"Logging": map[string]any{
					"Bucket":         map[string]any{"Fn::GetAtt": []any{bucket.id, "RegionalDomainName"}},
					"IncludeCookies": assertions.Match_Absent(),
				},
			}})
			template.hasProperties(t, "AWS::S3::BucketPolicy", map[string]any{
				"Bucket": map[string]any{"Ref": bucket.id},
				"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
					"Effect": "Deny", "Action": "s3:*", "Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
					"Principal": map[string]any{"AWS": "*"}, "Resource": assertions.Match_AnyValue(),
				}}},
			})
		})
	}
}

func TestFailoverEdgeGrantSwitch(t *testing.T) {
	stack := newStack(t)
	edge := failoveredge.New(stack, "Edge", edgeProps())
	role := awsiam.NewRole(stack, jsii.String("Operator"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	edge.GrantSwitch(role)
	template := synthesize(t, stack)
	operator := template.only(t, "AWS::IAM::Role")
	store := template.only(t, "AWS::CloudFront::KeyValueStore")
	policy := template.only(t, "AWS::IAM::Policy").properties
	if diff := cmp.Diff(asJSON(t, []any{map[string]any{"Ref": operator.id}}), policy["Roles"]); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	want := asJSON(t, []any{map[string]any{
		"Action": []any{
			"cloudfront-keyvaluestore:DeleteKey", "cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey",
			"cloudfront-keyvaluestore:ListKeys", "cloudfront-keyvaluestore:PutKey", "cloudfront-keyvaluestore:UpdateKeys",
		},
		"Effect":   "Allow",
		"Resource": map[string]any{"Fn::GetAtt": []any{store.id, "Arn"}},
	}})
	if diff := cmp.Diff(want, policy["PolicyDocument"].(map[string]any)["Statement"]); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

func TestFailoverEdgeAccessors(t *testing.T) {
	stack := newStack(t)
	props := edgeProps()
	edge := failoveredge.New(stack, "Edge", props)
	own := edgeProps()
	own.DomainNames = []string{"api.example.com", "www.example.com"}
	own.Certificate = awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
		jsii.String("arn:aws:acm:us-east-1:123456789012:certificate/c1"))
	named := failoveredge.New(stack, "Named", own)

	for path, node := range map[string]awscdk.Resource{
		"Test/Edge/Resource":              edge.Distribution(),
		"Test/Edge/Store":                 edge.Store(),
		"Test/Edge/Function":              edge.Function(),
		"Test/Edge/ResponseHeadersPolicy": edge.ResponseHeadersPolicy(),
		"Test/Edge/LogBucket":             edge.LogBucket(),
	} {
		if got := *node.Node().Path(); got != path {
			t.Errorf("accessor returns %s, want %s", got, path)
		}
	}
	distribution := *stack.GetLogicalId(edge.Distribution().Node().DefaultChild().(awscdk.CfnElement))
	attribute := asJSON(t, map[string]any{"Fn::GetAtt": []any{distribution, "DomainName"}})
	if diff := cmp.Diff(attribute, asJSON(t, stack.Resolve(jsii.String(edge.DomainName())))); diff != "" {
		t.Errorf("DomainName without a name of its own (-want +got):\n%s", diff)
	}
	if got := named.DomainName(); got != "api.example.com" {
		t.Errorf("DomainName is %s, want api.example.com", got)
	}
	if diff := cmp.Diff(edgeProps(), props); diff != "" {
		t.Errorf("New changed the caller's props (-want +got):\n%s", diff)
	}
}

func TestFailoverEdgeFails(t *testing.T) {
	wantPanic(t, func() { failoveredge.New(newStack(t), "Edge", nil) },
		"failover edge Test/Edge: ", "Primary.Region must be", "Secondary.DomainName must be")
}
