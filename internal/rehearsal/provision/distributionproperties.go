package provision

import (
	"maps"
	"strconv"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// DistributionProperties are the resolved properties of an AWS::CloudFront::Distribution after its owner has replaced its
// configuration: those of the template, and in place of them whatever the configuration has.
func DistributionProperties(resolved map[string]any, c awssim.DistributionConfig) map[string]any {
	former, _ := resolved["DistributionConfig"].(map[string]any)
	config := maps.Clone(former)
	if config == nil {
		config = make(map[string]any)
	}
	maps.Copy(config, map[string]any{
		"Aliases": c.Aliases, "Comment": c.Comment, "DefaultRootObject": c.DefaultRootObject, "Enabled": c.Enabled,
		"HttpVersion": c.HTTPVersion, "IPV6Enabled": c.IPv6, "PriceClass": c.PriceClass, "WebACLId": c.WebACLID,
		"DefaultCacheBehavior": propertiesOfBehavior(c.DefaultCacheBehavior),
		"CacheBehaviors":       each(c.CacheBehaviors, propertiesOfPath),
		"CustomErrorResponses": each(c.CustomErrorResponses, propertiesOfErrorPage),
		"OriginGroups":         map[string]any{"Quantity": len(c.OriginGroups), "Items": each(c.OriginGroups, propertiesOfGroup)},
		"Origins":              each(c.Origins, propertiesOfOrigin),
	})
	replaced := maps.Clone(resolved)
	replaced["DistributionConfig"] = config
	return replaced
}

// each is a list of properties.
func each[T any](values []T, properties func(T) map[string]any) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, properties(v))
	}
	return list
}

func wordsOf[T ~string](values []T) []any {
	list := []any{}
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

func propertiesOfPath(b awssim.PathBehavior) map[string]any {
	p := propertiesOfBehavior(b.CacheBehavior)
	p["PathPattern"] = b.PathPattern
	return p
}

func propertiesOfBehavior(b awssim.CacheBehavior) map[string]any {
	return map[string]any{
		"AllowedMethods": wordsOf(b.AllowedMethods.Methods), "CachedMethods": wordsOf(b.AllowedMethods.Cached),
		"CachePolicyId": b.CachePolicyID, "OriginRequestPolicyId": b.OriginRequestPolicyID, "ResponseHeadersPolicyId": b.ResponseHeadersPolicyID,
		"Compress": b.Compress, "SmoothStreaming": b.SmoothStreaming,
		"TargetOriginId": b.TargetOriginID, "ViewerProtocolPolicy": b.ViewerProtocolPolicy,
		"FunctionAssociations": each(b.FunctionAssociations, func(f awssim.FunctionAssociation) map[string]any {
			return map[string]any{"EventType": f.EventType, "FunctionARN": f.FunctionARN}
		}),
	}
}

func propertiesOfErrorPage(e awssim.ErrorPage) map[string]any {
	p := map[string]any{"ErrorCode": e.ErrorCode, "ErrorCachingMinTTL": e.ErrorCachingMinTTL, "ResponsePagePath": e.ResponsePagePath}
	if code, err := strconv.Atoi(e.ResponseCode); err == nil {
		p["ResponseCode"] = code
	}
	return p
}

func propertiesOfGroup(g awssim.OriginGroup) map[string]any {
	codes := []any{}
	for _, code := range g.StatusCodes {
		codes = append(codes, int(code))
	}
	return map[string]any{
		"Id":               g.ID,
		"FailoverCriteria": map[string]any{"StatusCodes": map[string]any{"Quantity": len(codes), "Items": codes}},
		"Members": map[string]any{"Quantity": len(g.Members), "Items": each(g.Members, func(m awssim.GroupMember) map[string]any {
			return map[string]any{"OriginId": m.OriginID}
		})},
	}
}

func propertiesOfOrigin(o awssim.Origin) map[string]any {
	p := map[string]any{
		"Id": o.ID, "DomainName": o.DomainName, "OriginPath": o.OriginPath,
		"ConnectionAttempts": o.ConnectionAttempts, "ConnectionTimeout": o.ConnectionTimeout,
		"OriginCustomHeaders": each(o.CustomHeaders, func(h awssim.Header) map[string]any {
			return map[string]any{"HeaderName": h.Name, "HeaderValue": h.Value}
		}),
	}
	if c := o.CustomOrigin; c != nil {
		p["CustomOriginConfig"] = map[string]any{
			"HTTPPort": c.HTTPPort, "HTTPSPort": c.HTTPSPort, "OriginProtocolPolicy": c.ProtocolPolicy, "OriginSSLProtocols": wordsOf(c.SSLProtocols),
			"OriginReadTimeout": c.ReadTimeout, "OriginKeepaliveTimeout": c.KeepaliveTimeout,
		}
	}
	return p
}
