package provision_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// permits reports whether the policies of a role let it take an action on a resource.
func permits(role awssim.Role, action, resource string) bool {
	return iam.Decide(iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:sts::" + account + ":assumed-role/" + role.Name + "/s", Role: role.ARN},
		Action:    action, Resource: resource, Identity: role.Policies,
	}).Allowed
}

func TestFunctionDefaults(t *testing.T) {
	d := mustDeploy(t, function.with(resources{
		"Metadata": "AWS::CDK::Metadata",
		"Large": `AWS::Lambda::Function {"Code": {"S3Key": "ASSET.zip"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "MemorySize": "512",
			"Timeout": 7, "ReservedConcurrentExecutions": 5, "Environment": {"Variables": {"N": 1, "B": true}}, "EphemeralStorage": {"Size": 1024},
			"Architectures": ["arm64"], "TracingConfig": {"Mode": "Active"}, "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "logs"}}`,
	}))
	small, large := d.Functions[0], d.Functions[1]
	if small.Timeout != 3*time.Second || small.MemorySize != 128 || small.ImportPath != "example.com/Function" || small.Attachment.VPC != "" {
		t.Errorf("defaults: got %+v", small)
	}
	if large.Timeout != 7*time.Second || large.MemorySize != 512 || *large.Reserved != 5 || large.Environment["N"] != "1" || large.Environment["B"] != "true" {
		t.Errorf("function: got %+v", large)
	}
	if len(small.Lacks) != 2 || len(large.Lacks) != 4 {
		t.Errorf("a role without permissions lacks %v, and with traces %v", small.Lacks, large.Lacks)
	}
	d.cloud.Do(func(s *awssim.State) {
		f, _ := s.Region("us-east-1").Functions.Get("Function")
		if f.EphemeralStorage != 512 || f.Tracing != "PassThrough" || f.LogGroup != "/aws/lambda/Function" || f.LogFormat != "Text" || f.Architectures[0] != "x86_64" {
			t.Errorf("defaults: got %+v", f)
		}
		f, _ = s.Region("us-east-1").Functions.Get(large.Name)
		if f.EphemeralStorage != 1024 || f.Tracing != "Active" || f.LogGroup != "logs" || f.LogFormat != "JSON" || f.Architectures[0] != "arm64" {
			t.Errorf("function: got %+v", f)
		}
		f.Environment["N"] = "2"
	})
	if large.Environment["N"] != "1" {
		t.Error("the environment is shared with the state")
	}
}

func TestPermissions(t *testing.T) {
	d := mustDeploy(t, function.with(resources{
		"Topic":   `AWS::Lambda::Permission {"FunctionName": {"Fn::GetAtt": ["Function", "Arn"]}, "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceAccount": "123456789012"}`,
		"Account": `AWS::Lambda::Permission {"FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction", "Principal": "210987654321"}`,
		"Version": `AWS::Lambda::Version {"FunctionName": {"Ref": "Function"}, "Description": "first"}`,
		"Alias":   `AWS::Lambda::Alias {"FunctionName": {"Ref": "Function"}, "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]}, "Name": "live"}`,
	}))
	stack := d.Deployment.Stack("app")
	if got := stack.Resource("Alias").Ref; got != d.Functions[0].ARN+":live" || stack.Resource("Version").Ref != d.Functions[0].ARN+":1" {
		t.Errorf("alias and version: got %s and %s", got, stack.Resource("Version").Ref)
	}
	d.cloud.Do(func(s *awssim.State) {
		f, _ := s.Region("us-east-1").Functions.Get("Function")
		for source, want := range map[string]bool{account: true, "210987654321": false} {
			got := iam.Decide(iam.Request{
				Principal: iam.Principal{Service: "sns.amazonaws.com"}, Action: "lambda:InvokeFunction", Resource: f.ARN,
				Context: map[string][]string{"aws:SourceAccount": {source}}, Resources: []*iam.Policy{f.Policy},
			})
			if got.Allowed != want {
				t.Errorf("source account %s: got %+v", source, got)
			}
		}
	})
}

func TestRoles(t *testing.T) {
	all := make([]string, 0)
	for _, name := range provision.ManagedPolicies() {
		all = append(all, `"arn:aws:iam::aws:policy/`+name+`"`)
	}
	d := mustDeploy(t, resources{
		"Role": strings.Replace(roleFor("lambda.amazonaws.com"), "{", `{"ManagedPolicyArns": [`+strings.Join(all, ", ")+`], "Policies": [
			{"PolicyName": "Inline", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}]}}], `, 1),
	})
	d.cloud.Do(func(s *awssim.State) {
		for _, role := range s.Roles.All() {
			if !permits(role, "logs:FilterLogEvents", "*") || !permits(role, "sns:Publish", "arn:aws:sns:us-east-1:123456789012:t") || permits(role, "s3:GetObject", "*") {
				t.Errorf("role: got %+v", role)
			}
		}
	})
}

// TestSecondaryCluster deploys a cluster that joins another Region's.
func TestSecondaryCluster(t *testing.T) {
	secondary := func(more string) resources {
		return resources{
			"Vpc": network["Vpc"],
			"A":   strings.Replace(network["A"], "us-east-1", "us-east-2", 1), "B": strings.Replace(network["B"], "us-east-1", "us-east-2", 1),
			"G": network["G"], "Subnets": database["Subnets"],
			"Parameters": `AWS::RDS::DBClusterParameterGroup {"Family": "aurora-mysql8.0", "Parameters": {"long_query_time": 1}}`,
			"Cluster": `AWS::RDS::DBCluster {"Engine": "aurora-mysql", "StorageEncrypted": true, "GlobalClusterIdentifier": "global", "Port": 3307,
				"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": "16"}, "DBClusterParameterGroupName": {"Ref": "Parameters"},
				"DBSubnetGroupName": {"Ref": "Subnets"}, "VpcSecurityGroupIds": [{"Ref": "G"}]` + more + `}`,
		}
	}
	d, err := deploy(t, assemble(t, stacks{"a us-east-1": database, "b us-east-2": secondary("")}), options(1))
	if err != nil {
		t.Fatal(err)
	}
	want := provision.Cluster{
		Region: "us-east-2", GlobalCluster: "global", DatabaseName: "todo", MasterUsername: "admin", MasterPassword: "secret",
		Parameters: map[string]string{"long_query_time": "1"},
	}
	got := *d.Clusters[1]
	want.Identifier, want.ARN, want.ResourceID = got.Identifier, got.ARN, got.ResourceID
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("secondary cluster (-want +got):\n%s", diff)
	}
	d.cloud.Do(func(s *awssim.State) {
		c, _ := s.Region("us-east-2").DBClusters.Get(got.Identifier)
		if c.Port != 3307 || *c.ServerlessV2Scaling != (awssim.ServerlessV2{MinCapacity: 0.5, MaxCapacity: 16}) || c.BackupRetentionPeriod != 1 {
			t.Errorf("cluster: got %+v", c)
		}
	})
	alone := database.with(resources{"Instance": ""})
	for name, tt := range map[string]struct {
		primary resources
		more    string
		want    string
	}{
		"with a user":              {database, `, "MasterUsername": "admin"`, "Cannot specify user name for cross region replication cluster"},
		"with a password":          {database, `, "MasterUserPassword": "secret"`, "Cannot specify password for cross region replication cluster"},
		"with a database":          {database, `, "DatabaseName": "todo"`, "Cannot specify database name for cross region replication cluster"},
		"before there is a writer": {alone, "", "has no instance to replicate from yet"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := deploy(t, assemble(t, stacks{"a us-east-1": tt.primary, "b us-east-2": secondary(tt.more)}), options(1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

func TestProxies(t *testing.T) {
	d := mustDeploy(t, database.with(resources{
		"Proxy": `AWS::RDS::DBProxy {"DBProxyName": "Proxy", "EngineFamily": "MYSQL", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "IdleClientTimeout": "60",
			"VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}], "Auth": [{"AuthScheme": "SECRETS", "IAMAuth": "REQUIRED", "SecretArn": "arn"}]}`,
		"Reads": `AWS::RDS::DBProxyEndpoint {"DBProxyEndpointName": "Reads", "DBProxyName": {"Ref": "Proxy"}, "TargetRole": "READ_ONLY",
			"VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}]}`,
		"Late": `AWS::RDS::DBProxyEndpoint {"DBProxyEndpointName": "Late", "DBProxyName": {"Ref": "Proxy"}, "Tags": [{"Ref": "Targets"}],
			"VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}]}`,
	}))
	kinds := make(map[string]provision.Kind)
	for _, e := range d.Endpoints {
		if e.Proxy != "" {
			kinds[e.Name] = e.Kind
			if e.Cluster != "cluster" || !strings.HasPrefix(e.ResourceID, "prx-") || !strings.HasPrefix(e.Host, e.Name+".") {
				t.Errorf("endpoint: got %+v", e)
			}
			if err := d.TargetConnects(*e); err == nil || !strings.Contains(err.Error(), "proxy proxy cannot reach cluster writer") {
				t.Errorf("a proxy whose group is not let in: got %v", err)
			}
		}
	}
	want := map[string]provision.Kind{"proxy": provision.Proxy, "reads": provision.ProxyReadOnly, "late": provision.Proxy}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
	d.cloud.Do(func(s *awssim.State) {
		p, _ := s.Region("us-east-1").DBProxies.Get("proxy")
		pool := p.TargetGroups[0].ConnectionPool
		if p.IdleClientTimeout != 60 || p.Auth[0].SecretARN != "arn" || pool.MaxConnectionsPercent != 100 || pool.MaxIdleConnectionsPercent != 50 || pool.ConnectionBorrowTimeout != 120 {
			t.Errorf("proxy: got %+v", p)
		}
	})
}

func TestGeneratedSecrets(t *testing.T) {
	const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	tests := map[string]struct {
		generate string
		length   int
		has      []string
		hasNot   string
	}{
		"defaults":           {`{}`, 32, []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", punctuation}, " "},
		"length":             {`{"PasswordLength": "4"}`, 4, []string{"0123456789", punctuation}, " "},
		"digits":             {`{"PasswordLength": 9, "ExcludeLowercase": true, "ExcludeUppercase": true, "ExcludePunctuation": true}`, 9, []string{"0123456789"}, "a" + punctuation},
		"without characters": {`{"ExcludeCharacters": "/@\"' \\", "ExcludeNumbers": true}`, 32, nil, `/@"' \0123456789`},
		"spaces":             {`{"IncludeSpace": true, "PasswordLength": 5}`, 5, []string{" "}, ""},
		"nothing required":   {`{"RequireEachIncludedType": false, "PasswordLength": 2}`, 2, nil, " "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustDeploy(t, resources{"S": `AWS::SecretsManager::Secret {"Name": "S", "GenerateSecretString": ` + tt.generate + `}`})
			d.cloud.Do(func(s *awssim.State) {
				secret, _ := s.Region("us-east-1").Secrets.Get("S")
				if len(secret.Value) != tt.length || strings.ContainsAny(secret.Value, tt.hasNot) {
					t.Errorf("got %q", secret.Value)
				}
				for _, characters := range tt.has {
					if !strings.ContainsAny(secret.Value, characters) {
						t.Errorf("got %q without any of %s", secret.Value, characters)
					}
				}
			})
		})
	}
}

func TestSecretOfTemplate(t *testing.T) {
	d := mustDeploy(t, resources{"S": `AWS::SecretsManager::Secret {"Name": "S", "GenerateSecretString": {"SecretStringTemplate": "{\"user\": \"<admin>\"}", "GenerateStringKey": "password"}}`})
	d.cloud.Do(func(s *awssim.State) {
		secret, _ := s.Region("us-east-1").Secrets.Get("S")
		var object map[string]string
		if err := json.Unmarshal([]byte(secret.Value), &object); err != nil || object["user"] != "<admin>" || len(object["password"]) != 32 || !strings.Contains(secret.Value, "<admin>") {
			t.Errorf("got %s, %v", secret.Value, err)
		}
	})
}

func TestStorage(t *testing.T) {
	const document = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}`
	d := mustDeploy(t, resources{
		"Bucket": "AWS::S3::Bucket", "BucketPolicy": `AWS::S3::BucketPolicy {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": ` + document + `}`,
		"Topic": `AWS::SNS::Topic {"TopicName": "T"}`, "TopicPolicy": `AWS::SNS::TopicPolicy {"Topics": [{"Ref": "Topic"}], "PolicyDocument": ` + document + `}`,
		"Key": `AWS::KMS::Key {"KeyPolicy": ` + document + `}`, "Logs": `AWS::Logs::LogGroup {"LogGroupName": "/logs"}`,
	})
	stack := d.Deployment.Stack("app")
	key, _ := stack.Resource("Key").Attributes["Arn"].(string)
	if d.Keys[key] == nil || !strings.HasPrefix(key, "arn:aws:kms:us-east-1:123456789012:key/"+stack.Resource("Key").Ref) {
		t.Errorf("key: got %s of %v", key, d.Keys)
	}
	if got := stack.Resource("Logs").Attributes["Arn"]; got != "arn:aws:logs:us-east-1:123456789012:log-group:/logs:*" {
		t.Errorf("log group: got %v", got)
	}
	d.cloud.Do(func(s *awssim.State) {
		if b, _ := s.Buckets.Get(stack.Resource("Bucket").Ref); b.Policy == nil || b.Region != "us-east-1" {
			t.Errorf("bucket: got %+v", b)
		}
		if topic, _ := s.Region("us-east-1").Topics.Get(stack.Resource("Topic").Ref); topic.Policy == nil || topic.Name != "T" {
			t.Errorf("topic: got %+v", topic)
		}
	})
}

func TestDistributionState(t *testing.T) {
	d := mustDeploy(t, resources{"D": `AWS::CloudFront::Distribution {"DistributionConfig": {"Enabled": "true",
		"DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
		"CacheBehaviors": [{"PathPattern": "/v1", "TargetOriginId": "o", "AllowedMethods": ["GET", "HEAD", "OPTIONS"], "ViewerProtocolPolicy": "allow-all"}],
		"CustomErrorResponses": [{"ErrorCode": 500}], "OriginGroups": {"Items": [{"Id": "g", "Members": {"Items": [{"OriginId": "o"}, {"OriginId": "p"}]},
			"FailoverCriteria": {"StatusCodes": {"Items": [500, "502"]}}}]},
		"Origins": [{"Id": "o", "DomainName": "o.example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
			"OriginCustomHeaders": [{"HeaderName": "x", "HeaderValue": "y"}]}, {"Id": "p", "DomainName": "p.example.com", "ConnectionAttempts": 1}]}}`})
	d.cloud.Do(func(s *awssim.State) {
		state, _ := s.Distributions.Get(d.Distributions[0].Config.ID)
		got := state.Config
		got.CallerReference = ""
		want := awssim.DistributionConfig{
			PriceClass: "PriceClass_All", Enabled: true, HTTPVersion: "http1.1",
			DefaultCacheBehavior: awssim.CacheBehavior{
				TargetOriginID: "o", ViewerProtocolPolicy: "https-only", AllowedMethods: awssim.NewAllowedMethods([]awssim.Method{"GET", "HEAD"}, "GET", "HEAD"),
			},
			CacheBehaviors: awssim.NewItems(awssim.PathBehavior{PathPattern: "/v1", CacheBehavior: awssim.CacheBehavior{
				TargetOriginID: "o", ViewerProtocolPolicy: "allow-all",
				AllowedMethods: awssim.NewAllowedMethods([]awssim.Method{"GET", "HEAD"}, "GET", "HEAD", "OPTIONS"),
			}}),
			CustomErrorResponses: awssim.NewItems(awssim.ErrorPage{ErrorCode: 500, ErrorCachingMinTTL: 10}),
			OriginGroups: awssim.NewItems(awssim.OriginGroup{
				ID: "g", StatusCodes: awssim.NewItems[awssim.StatusCode](500, 502), Members: awssim.NewItems(awssim.GroupMember{OriginID: "o"}, awssim.GroupMember{OriginID: "p"}),
			}),
			Origins: awssim.NewItems(
				awssim.Origin{
					ID: "o", DomainName: "o.example.com", ConnectionAttempts: 3, ConnectionTimeout: 10, CustomHeaders: awssim.NewItems(awssim.Header{Name: "x", Value: "y"}),
					CustomOrigin: &awssim.CustomOrigin{HTTPPort: 80, HTTPSPort: 443, ProtocolPolicy: "https-only", ReadTimeout: 30, KeepaliveTimeout: 5},
				},
				awssim.Origin{ID: "p", DomainName: "p.example.com", ConnectionAttempts: 1, ConnectionTimeout: 10},
			),
			ViewerCertificate: awssim.ViewerCertificate{CloudFrontDefault: true, MinimumProtocolVersion: "TLSv1"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("configuration (-want +got):\n%s", diff)
		}
	})
}

// TestStore resolves references to parameters and secrets that are in the Cloud.
func TestStore(t *testing.T) {
	o := options(1)
	var arn, version string
	o.Cloud.Do(func(s *awssim.State) {
		r := s.Region("us-east-1")
		r.PutParameter(awssim.Parameter{Name: "/p", Value: "value"})
		r.PutParameter(awssim.Parameter{Name: "/secure", Value: "hidden", Type: "SecureString"})
		secret := r.PutSecret(awssim.Secret{Name: "s", Value: "text"})
		arn, version = secret.ARN, secret.VersionID
	})
	bucket := func(text string) *assembly.Assembly {
		return assemble(t, stacks{"app us-east-1": {"P": `AWS::SSM::Parameter {"Name": "/out", "Type": "String", "Value": "` + text + `"}`}})
	}
	tests := map[string]struct{ text, want, fails string }{
		"parameter":                 {text: "{{resolve:ssm:/p}}", want: "value"},
		"parameter of a version":    {text: "{{resolve:ssm:/p:1}}", want: "value"},
		"parameter by ARN":          {text: "{{resolve:ssm:arn:aws:ssm:us-east-1:123456789012:parameter/p}}", want: "value"},
		"secure parameter":          {text: "{{resolve:ssm-secure:/secure}}", want: "hidden"},
		"secret":                    {text: "{{resolve:secretsmanager:s}}", want: "text"},
		"secret by ARN":             {text: "{{resolve:secretsmanager:" + arn + "}}", want: "text"},
		"secret of a version":       {text: "{{resolve:secretsmanager:s:SecretString:::" + version + "}}", want: "text"},
		"no parameter":              {text: "{{resolve:ssm:/none}}", fails: "parameter /none: not found"},
		"no such version":           {text: "{{resolve:ssm:/p:2}}", fails: "version 2 of parameter /p: not found"},
		"secure parameter as plain": {text: "{{resolve:ssm:/secure}}", fails: "parameter /secure is of type SecureString"},
		"plain parameter as secure": {text: "{{resolve:ssm-secure:/p}}", fails: "parameter /p is of type String"},
		"no secret":                 {text: "{{resolve:secretsmanager:none}}", fails: "secret none: not found"},
		"earlier secret":            {text: "{{resolve:secretsmanager:s:SecretString::AWSPREVIOUS}}", fails: "secret s: not found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := deploy(t, bucket(tt.text), o)
			o.Cloud.Do(func(s *awssim.State) {
				got, _ := s.Region("us-east-1").Parameters.Get("/out")
				s.Region("us-east-1").Parameters.Delete("/out")
				if tt.fails == "" && (err != nil || got.Value != tt.want) || tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
					t.Errorf("want %q %q, got %q, %v", tt.want, tt.fails, got.Value, err)
				}
			})
		})
	}
}
