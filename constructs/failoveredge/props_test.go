package failoveredge

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
)

// certificate stands for a certificate. Nothing but its presence is validated.
type certificate struct {
	awscertificatemanager.ICertificate
}

// valid are props with every field set.
func valid() Props {
	return Props{
		Primary:            Origin{Region: "us-east-1", DomainName: "a1.execute-api.us-east-1.amazonaws.com", OriginPath: "/prod"},
		Secondary:          Origin{Region: "us-gov-west-1", DomainName: "b2.execute-api.us-gov-west-1.amazonaws.com", OriginPath: "/a/b"},
		StoreName:          "edge-switch_1",
		DomainNames:        []string{"api.example.com", "*.example.org"},
		Certificate:        certificate{},
		WebACLArn:          "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/11111111-2222",
		ReadTimeoutSeconds: 120,
		Comment:            strings.Repeat("é", 128),
		PriceClass:         awscloudfront.PriceClass_PRICE_CLASS_100,
		LogRetentionDays:   1,
		LogRemovalPolicy:   awscdk.RemovalPolicy_DESTROY,
	}
}

func TestValidateAccepts(t *testing.T) {
	for name, mutate := range map[string]func(*Props){
		"every field":         func(*Props) {},
		"no optional field":   func(p *Props) { *p = Props{Primary: p.Primary, Secondary: p.Secondary} },
		"no stage":            func(p *Props) { p.Primary.OriginPath = "" },
		"tokens":              func(p *Props) { p.Primary.DomainName, p.Secondary.DomainName = "${Token[A.1]}", "${Token[B.2]}" },
		"tokens in the names": func(p *Props) { p.WebACLArn, p.DomainNames = "${Token[A.1]}", []string{"${Token[B.2]}"} },
	} {
		t.Run(name, func(t *testing.T) {
			p := valid()
			mutate(&p)
			if err := p.validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidateFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		mutate func(*Props)
		want   []string
	}{
		{"no origins", func(p *Props) { *p = Props{} }, []string{
			`Primary.Region must be the name of a Region such as "us-east-1", got ""`, "Primary.DomainName must be a host name",
			"Secondary.Region must be", "Secondary.DomainName must be",
		}},
		{
			"a Region that is none",
			func(p *Props) { p.Primary.Region = "Virginia" },
			[]string{`Primary.Region must be the name of a Region such as "us-east-1", got "Virginia"`},
		},
		{
			"a Region as a token",
			func(p *Props) { p.Secondary.Region = "${Token[AWS.Region.1]}" },
			[]string{"Secondary.Region must be the name of a Region"},
		},
		{
			"the same Region",
			func(p *Props) { p.Secondary.Region = p.Primary.Region },
			[]string{`Primary and Secondary must be in two Regions, both are in "us-east-1"`},
		},
		{
			"the same API",
			func(p *Props) { p.Secondary.DomainName = p.Primary.DomainName },
			[]string{"Primary and Secondary must be two APIs, both have DomainName"},
		},
		{
			"a URL",
			func(p *Props) { p.Primary.DomainName = "https://a1.example.com/prod" },
			[]string{"Primary.DomainName must be a host name", `without scheme and path, got "https://a1.example.com/prod"`},
		},
		{
			"a path without a slash",
			func(p *Props) { p.Primary.OriginPath = "prod" },
			[]string{`Primary.OriginPath must be empty or begin with a slash and not end with one, as "/prod" does, got "prod"`},
		},
		{
			"a path that ends with a slash",
			func(p *Props) { p.Secondary.OriginPath = "/prod/" },
			[]string{`Secondary.OriginPath must`, `got "/prod/"`},
		},
		{
			"code above the quota",
			func(p *Props) { p.Primary.Region = "us-" + strings.Repeat("a", 10_000) + "-1" },
			[]string{"the function's code must have at most 10000 bytes, it has 1"},
		},
		{
			"a name without a certificate",
			func(p *Props) { p.Certificate = nil },
			[]string{`DomainNames ["api.example.com" "*.example.org"] need a Certificate`},
		},
		{
			"a certificate without a name",
			func(p *Props) { p.DomainNames = nil },
			[]string{"a Certificate needs DomainNames, got none"},
		},
		{
			"a name that is none",
			func(p *Props) { p.DomainNames = []string{"api"} },
			[]string{`DomainNames must be names such as "api.example.com", got "api"`},
		},
		{
			"a store's name with a space",
			func(p *Props) { p.StoreName = "a b" },
			[]string{`StoreName must be 1 to 64 letters, digits, hyphens and underscores, got "a b"`},
		},
		{
			"a store's name that is too long",
			func(p *Props) { p.StoreName = strings.Repeat("a", 65) },
			[]string{"StoreName must be 1 to 64"},
		},
		{
			"a regional web ACL",
			func(p *Props) { p.WebACLArn = "arn:aws:wafv2:us-east-2:123456789012:regional/webacl/a/b" },
			[]string{"WebACLArn must be the ARN of a web ACL of scope CLOUDFRONT in us-east-1, got"},
		},
		{
			"a negative timeout",
			func(p *Props) { p.ReadTimeoutSeconds = -1 },
			[]string{"ReadTimeoutSeconds must be between 1 and 120, got -1"},
		},
		{
			"a timeout above the limit",
			func(p *Props) { p.ReadTimeoutSeconds = 121 },
			[]string{"ReadTimeoutSeconds must be between 1 and 120, got 121"},
		},
		{
			"a long comment",
			func(p *Props) { p.Comment = strings.Repeat("a", 129) },
			[]string{"Comment must have at most 128 characters, got 129"},
		},
		{
			"a negative retention",
			func(p *Props) { p.LogRetentionDays = -1 },
			[]string{"LogRetentionDays must be 1 or more, got -1"},
		},
		{
			"several at once",
			func(p *Props) { p.ReadTimeoutSeconds, p.StoreName = -1, "!" },
			[]string{"ReadTimeoutSeconds", "StoreName"},
		},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) {
			p := valid()
			tt.mutate(&p)
			err := p.validate()
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestWithDefaults(t *testing.T) {
	got := Props{}.withDefaults()
	if got.ReadTimeoutSeconds != 10 || got.LogRetentionDays != 90 || got.LogRemovalPolicy != awscdk.RemovalPolicy_RETAIN ||
		got.PriceClass != awscloudfront.PriceClass_PRICE_CLASS_ALL || got.Comment == "" {
		t.Errorf("defaults are %+v", got)
	}
	p := valid()
	if got := p.withDefaults(); got.ReadTimeoutSeconds != 120 || got.LogRetentionDays != 1 || got.Comment != p.Comment ||
		got.PriceClass != p.PriceClass || got.LogRemovalPolicy != p.LogRemovalPolicy {
		t.Errorf("defaults replaced what was set: %+v", got)
	}
}
