package provision

import (
	"cmp"
	"encoding/json"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// distributionProperties is what CloudFront shows of a distribution. Package cloudfront knows which properties there may be.
type distributionProperties struct {
	DistributionConfig struct {
		Aliases              []awssim.CNAME
		CacheBehaviors       []behaviorProperties
		Comment              string
		CustomErrorResponses []errorProperties
		DefaultCacheBehavior behaviorProperties
		DefaultRootObject    string
		Enabled              properties.Bool
		HTTPVersion          string
		IPV6Enabled          properties.Bool
		OriginGroups         struct{ Items []originGroupProperties }
		Origins              []originProperties
		PriceClass           string
		WebACLID             string
	}
}

type behaviorProperties struct {
	AllowedMethods          []awssim.Method
	CachePolicyID           string
	CachedMethods           []awssim.Method
	Compress                properties.Bool
	FunctionAssociations    []struct{ EventType, FunctionARN string }
	OriginRequestPolicyID   string
	PathPattern             string
	ResponseHeadersPolicyID string
	SmoothStreaming         properties.Bool
	TargetOriginID          string
	ViewerProtocolPolicy    string
}

type errorProperties struct {
	ErrorCachingMinTTL *properties.Int
	ErrorCode          properties.Int
	ResponseCode       scalar
	ResponsePagePath   string
}

type originGroupProperties struct {
	FailoverCriteria struct {
		StatusCodes struct{ Items []properties.Int }
	}
	ID      string
	Members struct{ Items []struct{ OriginID string } }
}

type originProperties struct {
	ConnectionAttempts *properties.Int
	ConnectionTimeout  *properties.Int
	CustomOriginConfig *struct {
		HTTPPort, HTTPSPort, OriginKeepaliveTimeout, OriginReadTimeout *properties.Int
		OriginProtocolPolicy                                           string
		OriginSSLProtocols                                             []awssim.SSLProtocol
	}
	DomainName          string
	ID                  string
	OriginCustomHeaders []struct{ HeaderName, HeaderValue string }
	OriginPath          string
}

// distributionConfig is a distribution's configuration as CloudFront shows it. Default values are those of DistributionConfig and
// its parts in the CloudFront API reference.
func distributionConfig(resolved map[string]any) (awssim.DistributionConfig, error) {
	var p distributionProperties
	data, err := json.Marshal(resolved)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	c := p.DistributionConfig
	config := awssim.DistributionConfig{
		Aliases: c.Aliases, DefaultRootObject: c.DefaultRootObject, Comment: c.Comment, PriceClass: cmp.Or(c.PriceClass, "PriceClass_All"),
		Enabled: bool(c.Enabled), WebACLID: c.WebACLID, HTTPVersion: cmp.Or(c.HTTPVersion, "http1.1"), IPv6: bool(c.IPV6Enabled),
		DefaultCacheBehavior: c.DefaultCacheBehavior.state(),
		ViewerCertificate:    awssim.ViewerCertificate{CloudFrontDefault: true, MinimumProtocolVersion: "TLSv1"},
	}
	for _, b := range c.CacheBehaviors {
		config.CacheBehaviors = append(config.CacheBehaviors, awssim.PathBehavior{PathPattern: b.PathPattern, CacheBehavior: b.state()})
	}
	for _, e := range c.CustomErrorResponses {
		config.CustomErrorResponses = append(config.CustomErrorResponses, awssim.ErrorPage{
			ErrorCode: int(e.ErrorCode), ResponsePagePath: e.ResponsePagePath, ResponseCode: string(e.ResponseCode),
			ErrorCachingMinTTL: valueOr(e.ErrorCachingMinTTL, 10),
		})
	}
	for _, g := range c.OriginGroups.Items {
		config.OriginGroups = append(config.OriginGroups, g.state())
	}
	for _, o := range c.Origins {
		config.Origins = append(config.Origins, o.state())
	}
	return config, err
}

func (p behaviorProperties) state() awssim.CacheBehavior {
	readers := []awssim.Method{"GET", "HEAD"}
	b := awssim.CacheBehavior{
		TargetOriginID: p.TargetOriginID, ViewerProtocolPolicy: p.ViewerProtocolPolicy, SmoothStreaming: bool(p.SmoothStreaming),
		AllowedMethods: awssim.NewAllowedMethods(orList(p.CachedMethods, readers), orList(p.AllowedMethods, readers)...),
		Compress:       bool(p.Compress), CachePolicyID: p.CachePolicyID, OriginRequestPolicyID: p.OriginRequestPolicyID,
		ResponseHeadersPolicyID: p.ResponseHeadersPolicyID,
	}
	for _, f := range p.FunctionAssociations {
		b.FunctionAssociations = append(b.FunctionAssociations, awssim.FunctionAssociation{FunctionARN: f.FunctionARN, EventType: f.EventType})
	}
	return b
}

func (p originGroupProperties) state() awssim.OriginGroup {
	g := awssim.OriginGroup{ID: p.ID}
	for _, code := range p.FailoverCriteria.StatusCodes.Items {
		g.StatusCodes = append(g.StatusCodes, awssim.StatusCode(code))
	}
	for _, m := range p.Members.Items {
		g.Members = append(g.Members, awssim.GroupMember{OriginID: m.OriginID})
	}
	return g
}

func (p originProperties) state() awssim.Origin {
	o := awssim.Origin{
		ID: p.ID, DomainName: p.DomainName, OriginPath: p.OriginPath,
		ConnectionAttempts: valueOr(p.ConnectionAttempts, 3), ConnectionTimeout: valueOr(p.ConnectionTimeout, 10),
	}
	for _, h := range p.OriginCustomHeaders {
		o.CustomHeaders = append(o.CustomHeaders, awssim.Header{Name: h.HeaderName, Value: h.HeaderValue})
	}
	if custom := p.CustomOriginConfig; custom != nil {
		o.CustomOrigin = &awssim.CustomOrigin{
			HTTPPort: valueOr(custom.HTTPPort, 80), HTTPSPort: valueOr(custom.HTTPSPort, 443), ProtocolPolicy: custom.OriginProtocolPolicy,
			SSLProtocols: custom.OriginSSLProtocols,
			ReadTimeout:  valueOr(custom.OriginReadTimeout, 30), KeepaliveTimeout: valueOr(custom.OriginKeepaliveTimeout, 5),
		}
	}
	return o
}

// orList is a list, or another one if it is empty.
func orList[T any](list, otherwise []T) []T {
	if len(list) == 0 {
		return otherwise
	}
	return list
}
