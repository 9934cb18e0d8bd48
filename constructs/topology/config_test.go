package topology

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func contextOf(values map[string]any) func(string) any {
	return func(key string) any { return values[key] }
}

func envOf(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestReadDefaults(t *testing.T) {
	got, err := Read(contextOf(nil), envOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("configuration without context and environment (-default +got):\n%s", diff)
	}
}

// The seed's environment, as its .env file has it.
func TestReadSeedEnvironment(t *testing.T) {
	got, err := Read(contextOf(nil), envOf(map[string]string{
		"CDK_DEFAULT_ACCOUNT":   "111122223333",
		"CDK_DEFAULT_REGION":    "eu-west-1",
		"CDK_SECONDARY_REGION":  "eu-central-1",
		"DB_SECRET_NAME_SUFFIX": "db-secret-2",
		"VPC_CIDR_RANGE":        "172.0.0.0/24",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Account = "111122223333"
	want.PrimaryRegion = "eu-west-1"
	want.SecondaryRegion = "eu-central-1"
	want.DatabaseSecretSuffix = "db-secret-2"
	want.PrimaryCidr = "172.0.0.0/24"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

// Read asks for the seed's variables only: others have names that a CI system may have set for purposes of its own.
func TestReadVariables(t *testing.T) {
	var asked []string
	_, err := Read(contextOf(nil), func(name string) string {
		asked = append(asked, name)
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(asked)
	want := []string{
		"CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION", "CDK_SECONDARY_REGION", "DB_INSTANCE_MAX_CAPACITY", "DB_INSTANCE_MIN_CAPACITY",
		"DB_MASTER_USER_NAME", "DB_NAME", "DB_SECRET_NAME_SUFFIX", "NUMBER_OF_AVAILABILITY_ZONES", "VPC_CIDR_RANGE",
	}
	if diff := cmp.Diff(want, slices.Compact(asked)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// Every field can be set by its context key, so a key that Read forgets leaves a default that this test finds.
func TestReadEveryField(t *testing.T) {
	values := map[string]any{
		"applicationName": "Shop", "account": "111122223333",
		"primaryRegion": "eu-west-1", "secondaryRegion": "eu-north-1",
		"primaryCidr": "10.8.0.0/16", "secondaryCidr": "10.9.0.0/16", "zones": 3.0,
		"primaryZones": "eu-west-1b, eu-west-1c", "secondaryZones": []any{"eu-north-1a", "eu-north-1c"},
		"databaseName": "shop", "databaseMasterUser": "root1", "databaseUser": "shop_app", "databaseSecretSuffix": "x",
		"databaseMinCapacity": "8", "databaseMaxCapacity": 64.5, "databaseInstances": "1",
		"removalPolicy": "destroy", "logRetentionDays": "90",
		"domainName": "api.example.com", "certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/a-b",
		"waf": "true", "corsOrigins": "https://a.example, https://b.example:8443",
		"source": "s3", "connectionArn": "c", "repository": "r", "branch": "b", "sourceBucket": "bucket", "sourceKey": "k",
		"arpioAccountId": "RQDLgR8ar2ipEV0VbfQLno", "arpioFailbackStack": "ArpioFailback", "recoveryEmails": "a@example.com, b@example.com",
		"recoveryRecord": "api.example.com", "recoveryHostedZone": "Z0123456789ABCDEFGHIJ", "arpioApplicationId": "hSN9jWjSCtEY7UdRJRslwo",
		"recoveryPrimaryName": "a.us-east-1.elb.amazonaws.com", "recoverySecondaryName": "a.us-east-2.elb.amazonaws.com",
	}
	got, err := Read(contextOf(values), envOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	g, d := reflect.ValueOf(got), reflect.ValueOf(Default())
	for i := range g.NumField() {
		if reflect.DeepEqual(g.Field(i).Interface(), d.Field(i).Interface()) {
			t.Errorf("%s still has its default %v", g.Type().Field(i).Name, d.Field(i))
		}
	}
	if len(values) != g.NumField() {
		t.Errorf("the test sets %d keys, the configuration has %d fields", len(values), g.NumField())
	}
	if diff := cmp.Diff([]string{"https://a.example", "https://b.example:8443"}, got.CorsOrigins); diff != "" {
		t.Error(diff)
	}
}

func TestReadPrecedence(t *testing.T) {
	tests := []struct {
		name    string
		context map[string]any
		env     map[string]string
		want    func(Config) bool
	}{
		{
			"a variable overrides the context",
			map[string]any{"secondaryRegion": "eu-west-1"},
			map[string]string{"CDK_SECONDARY_REGION": "us-west-2"},
			func(c Config) bool { return c.SecondaryRegion == "us-west-2" },
		},
		{
			"the profile's Region does not override the context",
			map[string]any{"primaryRegion": "eu-west-1"},
			map[string]string{"CDK_DEFAULT_REGION": "us-west-2"},
			func(c Config) bool { return c.PrimaryRegion == "eu-west-1" },
		},
		{
			"the profile's account does not override the context",
			map[string]any{"account": 111122223333.0},
			map[string]string{"CDK_DEFAULT_ACCOUNT": "444455556666"},
			func(c Config) bool { return c.Account == "111122223333" },
		},
		{
			"a list in cdk.json",
			map[string]any{"corsOrigins": []any{"https://a.example"}},
			nil,
			func(c Config) bool { return cmp.Equal(c.CorsOrigins, []string{"https://a.example"}) },
		},
		{
			"a boolean in cdk.json",
			map[string]any{"waf": true},
			nil,
			func(c Config) bool { return c.Waf },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(contextOf(tt.context), envOf(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.want(got) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReadFails(t *testing.T) {
	tests := []struct {
		name  string
		key   string
		value any
		want  []string
	}{
		{"same Region twice", "secondaryRegion", "us-east-1", []string{"primaryRegion and secondaryRegion must differ", `"us-east-1"`, "CDK_SECONDARY_REGION"}},
		{"Region without global databases", "secondaryRegion", "ap-southeast-7", []string{"secondaryRegion", `"ap-southeast-7"`, "eu-west-1"}},
		{"primary Region without certificates", "primaryRegion", "il-central-1", []string{"primaryRegion must not be", `"il-central-1"`, "secondaryRegion"}},
		{"account that is none", "account", "12345", []string{"account", "12 digits", `"12345"`}},
		{"overlapping CIDRs", "secondaryCidr", "10.0.128.0/17", []string{"must not overlap", "10.0.0.0/16", "10.0.128.0/17"}},
		{"CIDR too small", "primaryCidr", "10.2.0.0/27", []string{"primaryCidr is too small", "/24 or wider", "10.2.0.0/27"}},
		{"CIDR too wide", "primaryCidr", "10.0.0.0/8", []string{"primaryCidr is too large"}},
		{"CIDR that is none", "primaryCidr", "ten", []string{`primaryCidr must be an IPv4 range`, `"ten"`}},
		{"CIDR of IPv6", "primaryCidr", "fd00::/56", []string{"primaryCidr must be an IPv4 range"}},
		{"CIDR with host bits", "primaryCidr", "10.2.3.4/16", []string{"did you mean 10.2.0.0/16?"}},
		{"too few zones", "zones", 1, []string{"zones"}},
		{"too few zones in a text", "zones", "1", []string{"zones must be 2 to 6, got 1"}},
		{"part of a zone", "zones", "2.5", []string{"zones must be a whole number, got 2.5"}},
		{"one named zone", "primaryZones", "us-east-1a", []string{"primaryZones must name 2 to 6 zones, got 1"}},
		{"seven named zones", "primaryZones", "us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f,us-east-1g", []string{"primaryZones must name 2 to 6 zones, got 7"}},
		{"zone twice", "primaryZones", "us-east-1a,us-east-1a", []string{`primaryZones must be different zones, got "us-east-1a" twice`}},
		{"zone of another Region", "secondaryZones", "us-east-2a,us-east-1b", []string{"secondaryZones must be zones of us-east-2 such as us-east-2a", `"us-east-1b"`}},
		{"zone's id", "primaryZones", "use1-az1,us-east-1b", []string{"primaryZones must be zones of us-east-1", `"use1-az1"`}},
		{"Local Zone", "primaryZones", "us-east-1-bos-1a,us-east-1b", []string{`got "us-east-1-bos-1a"`}},
		{"Region for a zone", "primaryZones", "us-east-1,us-east-1b", []string{`got "us-east-1"`}},
		{"capacity not in half units", "databaseMinCapacity", "1.3", []string{"databaseMinCapacity", "steps of 0.5", "1.3"}},
		{"capacity of zero", "databaseMinCapacity", "0", []string{"databaseMinCapacity must be 0.5 to 256"}},
		{"capacity too large", "databaseMaxCapacity", "300", []string{"databaseMaxCapacity", "300"}},
		{"capacity not a number", "databaseMaxCapacity", "NaN", []string{"databaseMaxCapacity", "NaN"}},
		{"most capacity below one", "databaseMaxCapacity", "0.5", []string{"databaseMaxCapacity must be 1 to 256"}},
		{"least above most", "databaseMinCapacity", "32", []string{"databaseMinCapacity must not be above databaseMaxCapacity, got 32 and 16"}},
		{"capacity that is a word", "databaseMinCapacity", "two", []string{`databaseMinCapacity must be a number, got "two"`}},
		{"no instance", "databaseInstances", "0", []string{"databaseInstances must be 1 to 15, got 0"}},
		{"name with other characters", "applicationName", "To Do", []string{"applicationName", `"To Do"`}},
		{"name ending in a hyphen", "applicationName", "ToDo-", []string{"applicationName", `"ToDo-"`}},
		{"name too long once prefixed", "applicationName", strings.Repeat("x", 40), []string{"too long by 5", "RDS global cluster identifier", "68 characters, of at most 63"}},
		{"name that Cognito refuses", "applicationName", "MyAwsApp", []string{`must not contain "aws"`}},
		{"name that Systems Manager refuses", "applicationName", "SsmThing", []string{`must not start with "ssm"`}},
		{"empty name", "applicationName", "", []string{"applicationName"}},
		{"database name", "databaseName", "to-do", []string{"databaseName", `"to-do"`}},
		{"administrator's name", "databaseMasterUser", "averyveryverylongname", []string{"databaseMasterUser", "16"}},
		{"user is the administrator", "databaseUser", "Admin", []string{"databaseUser must not be the databaseMasterUser"}},
		{"user's name", "databaseUser", "a'b", []string{"databaseUser", "a'b"}},
		{"database with a reserved word", "databaseName", "select", []string{"databaseName must not be a word that MySQL reserves", `"select"`}},
		{"database of the server's", "databaseName", "Mysql", []string{"databaseName must not be", `"Mysql"`}},
		{"administrator with a reserved word", "databaseMasterUser", "GROUPS", []string{"databaseMasterUser must not be", `"GROUPS"`}},
		{"administrator of Aurora's", "databaseMasterUser", "rdsadmin", []string{"databaseMasterUser must not be", "a user of Aurora's own", `"rdsadmin"`}},
		{"user of Aurora's", "databaseUser", "rdsadmin", []string{"databaseUser must not be", "a user of Aurora's own", `"rdsadmin"`}},
		{"user with a reserved word", "databaseUser", "table", []string{"databaseUser must not be", `"table"`}},
		{"secret's name", "databaseSecretSuffix", "a b", []string{"databaseSecretSuffix", `"a b"`}},
		{"removal policy", "removalPolicy", "keep", []string{"removalPolicy", `"retain" or "destroy"`, `"keep"`}},
		{"log retention", "logRetentionDays", "31", []string{"logRetentionDays", "got 31"}},
		{"domain without certificate", "domainName", "api.example.com", []string{"domainName and certificateArn must be set together"}},
		{"certificate elsewhere", "certificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/x", []string{"certificateArn", "us-east-1"}},
		{"origin with a path", "corsOrigins", "https://a.example/x", []string{"corsOrigins", "https://a.example/x"}},
		{"origins that are no list", "corsOrigins", 5.0, []string{"corsOrigins must be a list of texts"}},
		{"list with another type", "corsOrigins", []any{1.0}, []string{"corsOrigins must be a list of texts"}},
		{"unknown source", "source", "svn", []string{"source must be", `"svn"`}},
		{"source without connection", "source", "connection", []string{"connectionArn", "repository must be owner/name"}},
		{"source without bucket", "source", "s3", []string{"sourceBucket"}},
		{"no branch", "branch", "", []string{`branch must be a name that git accepts, got ""`}},
		{"Arpio account that is AWS's", "arpioAccountId", "123456789012", []string{"arpioAccountId must be the id that Arpio gave", `"123456789012"`}},
		{"Arpio account that is a bus", "arpioAccountId", "arpio-lifecycle-events-x", []string{"arpioAccountId must be"}},
		{"failback without Arpio", "arpioFailbackStack", "a b", []string{"need an arpioAccountId", `got "a b"`}},
		{"address that is none", "recoveryEmails", "on-call", []string{`recoveryEmails must be addresses`, `got "on-call"`}},
		{"half a record", "recoveryHostedZone", "zone", []string{`recoveryHostedZone must be like Z0123456789ABCDEFGHIJ, got "zone"`, "recoveryRecord, recoveryPrimaryName, recoverySecondaryName, arpioApplicationId must be set with recoveryHostedZone"}},
		{"record without Arpio", "recoveryRecord", "api.example.com", []string{"recoveryRecord need an arpioAccountId"}},
		{"truth that is none", "waf", "perhaps", []string{`waf must be true or false, got "perhaps"`}},
		{"name that is a list", "applicationName", []any{"a"}, []string{"applicationName must be a text"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(contextOf(map[string]any{tt.key: tt.value}), envOf(nil))
			if err == nil {
				t.Fatalf("%s = %#v was accepted", tt.key, tt.value)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

// Names that S3 refuses, by its rules for general purpose buckets.
func TestSourceBucket(t *testing.T) {
	for bucket, valid := range map[string]bool{
		"acme-source": true, "acme.source.2": true, "abc": true,
		"a..b": false, "ab": false, "-ab": false, "Acme": false, "192.168.5.4": false, strings.Repeat("a", 64): false,
	} {
		c := Default()
		c.Source, c.SourceBucket = S3, bucket
		if err := c.Validate(); (err == nil) != valid {
			t.Errorf("%q: %v", bucket, err)
		}
	}
}

// Names that git check-ref-format --branch refuses.
func TestBranch(t *testing.T) {
	for branch, valid := range map[string]bool{
		"main": true, "release/1.2": true, "feature/a-b_c@d": true, "v1.0.": false,
		"bad branch~": false, "a..b": false, "-a": false, "/a": false, "a/": false, "a//b": false, ".a": false, "a/.b": false,
		"a.lock": false, "a.lock/b": false, "a@{b": false, "HEAD": false, "a^b": false, "a:b": false, "a?b": false, "a*b": false,
		"a[b": false, `a\b`: false, "a\x7fb": false, "a\tb": false,
	} {
		c := Default()
		c.Branch = branch
		err := c.Validate()
		if (err == nil) != valid {
			t.Errorf("%q: %v", branch, err)
		}
		if err != nil && !strings.Contains(err.Error(), "branch must be") {
			t.Errorf("%q: error %q does not name the branch", branch, err)
		}
	}
}

func TestReservedNames(t *testing.T) {
	if !slices.IsSorted(reservedWords) {
		t.Error("the words are not sorted, so a search misses some of them")
	}
	for _, word := range []string{"ACCESSIBLE", "zerofill", "Select"} {
		if !ReservedWord(word) {
			t.Errorf("%s is not reserved", word)
		}
	}
	if ReservedWord("todo") || SystemUser("todo_app") || SystemSchema("todo") {
		t.Error("a default is reserved")
	}
}

func TestReadReportsEverythingAtOnce(t *testing.T) {
	_, err := Read(contextOf(map[string]any{"zones": "many", "account": "1", "secondaryRegion": "us-east-1", "waf": "perhaps", "branch": ""}), envOf(nil))
	if err == nil {
		t.Fatal("was accepted")
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 5 {
		t.Errorf("got %d lines, want one for each of 5 mistakes:\n%s", len(lines), err)
	}
}

// The variable that carries a bad value is named, because the context key is not what the user would have to change.
func TestReadNamesTheVariable(t *testing.T) {
	_, err := Read(contextOf(nil), envOf(map[string]string{"NUMBER_OF_AVAILABILITY_ZONES": "many"}))
	if err == nil || !strings.Contains(err.Error(), `NUMBER_OF_AVAILABILITY_ZONES must be a number, got "many"`) {
		t.Errorf("got %v", err)
	}
}

func TestCapacityBounds(t *testing.T) {
	for _, acu := range []float64{0.5, 1, 1.5, 255.5, 256} {
		if err := validateCapacity("x", acu, 0.5); err != nil {
			t.Errorf("%g: %v", acu, err)
		}
	}
	for _, acu := range []float64{-1, 0, 0.25, 0.75, 256.5, math.Inf(1), math.NaN()} {
		if validateCapacity("x", acu, 0.5) == nil {
			t.Errorf("%g was accepted", acu)
		}
	}
}

// The names that the seed's commands use.
func TestNames(t *testing.T) {
	c := Default()
	for got, want := range map[string]string{
		c.DeliveryStack():     "ToDoMgmt",
		c.InfraStack(Primary): "ToDoMgmt-infra-pri",
		c.AppStack(Secondary): "ToDoMgmt-app-secd",
		c.EdgeStack():         "ToDoMgmt-edge",
		c.RecoveryStack():     "ToDoMgmt-recovery",
		c.RepositoryName():    "ToDoMgmtRepo",
		c.PipelineName():      "ToDoMgmtPipeline",
		c.FunctionName(Primary, CreateTableFunction):                        "ToDoMgmt-app-pri-CreateTableFunction",
		c.FunctionName(Secondary, HealthFunction):                           "ToDoMgmt-app-secd-Health",
		c.GlobalClusterIdentifier():                                         "todomgmt-infra-pri-global-db-cluster",
		c.ClusterIdentifier(Primary):                                        "todomgmt-infra-pri-db-cluster",
		c.ClusterArn(Secondary):                                             "arn:aws:rds:us-east-2:123456789012:cluster:todomgmt-infra-secd-db-cluster",
		c.ProxyName(Secondary):                                              "todomgmt-infra-secd-rds-proxy",
		c.MasterSecretName():                                                "ToDoMgmt-infra-pri-db-secret-1",
		c.CognitoDomainPrefix():                                             "todomgmt-dev-api-123456789012",
		c.ParameterName(Primary, UserPoolArnParameter):                      "/ToDoMgmt/pri/user-pool-arn",
		c.Region(Primary) + " " + c.Cidr(Primary):                           "us-east-1 10.0.0.0/16",
		c.Region(Secondary) + " " + c.Cidr(Secondary):                       "us-east-2 10.1.0.0/16",
		c.ApiName() + " " + c.StoreName():                                   "ToDoMgmtApi ToDoMgmt-edge",
		strings.Join([]string{string(Roles()[0]), string(Roles()[1])}, " "): "pri secd",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("applicationName", "To Do")
	f.Add("primaryCidr", "10.0.0.0/99")
	f.Add("zones", "-1e400")
	f.Add("databaseMinCapacity", "Inf")
	f.Fuzz(func(t *testing.T, key, value string) {
		c, err := Read(contextOf(map[string]any{key: value}), envOf(nil))
		if err == nil && c.Validate() != nil {
			t.Errorf("%s=%q was read but is not valid", key, value)
		}
	})
}
