package cloudfront

import "github.com/warmstandby/warmstandby/internal/rehearsal/properties"

// The structs of this file are the properties that the package knows, in the words of the CloudFormation reference and the
// letter case of Go, which the decoder does not mind. A field of type [properties.Ignored] has no bearing on a rehearsal, for
// the reason beside it.

// distributionProperties is AWS::CloudFront::Distribution.
type distributionProperties struct {
	DistributionConfig distributionConfig
	Tags               properties.Ignored // says nothing to a request
}

type distributionConfig struct {
	CacheBehaviors       []behaviorProperties
	CustomErrorResponses []errorResponseProperties
	DefaultCacheBehavior behaviorProperties
	DefaultRootObject    string
	Enabled              properties.Bool
	Logging              struct {
		Bucket, Prefix properties.Ignored // log lines go to Config.AccessLog
		IncludeCookies properties.Ignored // cookies are not among the fields of a log line here
	}
	OriginGroups struct {
		Items    []originGroupProperties
		Quantity properties.Ignored // the number of Items
	}
	Origins      []originProperties
	Restrictions struct {
		GeoRestriction struct {
			RestrictionType string
			Locations       properties.Ignored // used by types other than none, which are refused
		}
	}
	Staging properties.Bool

	Aliases           properties.Ignored // a handler is asked by address, so every name is its own
	Comment           properties.Ignored // says nothing to a request
	HTTPVersion       properties.Ignored // what the listener speaks is the caller's business
	IPV6Enabled       properties.Ignored // what the listener listens on is the caller's business
	PriceClass        properties.Ignored // there is one edge location
	ViewerCertificate properties.Ignored // TLS is the listener's business
	WebACLID          properties.Ignored // requests are not inspected; a web ACL decides before all this
}

type behaviorProperties struct {
	AllowedMethods             []string
	CachedMethods              []string
	CachePolicyID              string
	FunctionAssociations       []functionAssociationProperties
	GrpcConfig                 struct{ Enabled properties.Bool }
	LambdaFunctionAssociations []any
	OriginRequestPolicyID      string
	PathPattern                string
	ResponseHeadersPolicyID    string
	TargetOriginID             string
	TrustedKeyGroups           []any
	TrustedSigners             []any
	ViewerProtocolPolicy       string

	Compress        properties.Ignored // CloudFront compresses only what it may cache, and with CachingDisabled nothing
	SmoothStreaming properties.Ignored // works on cached media
}

type functionAssociationProperties struct {
	EventType   string
	FunctionARN string
}

type errorResponseProperties struct {
	ErrorCachingMinTTL *properties.Int
	ErrorCode          properties.Int
	ResponseCode       properties.Int
	ResponsePagePath   string
}

type originGroupProperties struct {
	ID               string
	FailoverCriteria struct {
		StatusCodes struct {
			Items    []properties.Int
			Quantity properties.Ignored // the number of Items
		}
	}
	Members struct {
		Items    []struct{ OriginID string }
		Quantity properties.Ignored // the number of Items
	}
	SelectionCriteria string
}

type originProperties struct {
	ConnectionAttempts properties.Int
	ConnectionTimeout  properties.Int
	CustomOriginConfig *struct {
		HTTPPort               properties.Int
		HTTPSPort              properties.Int
		OriginKeepaliveTimeout properties.Int
		OriginProtocolPolicy   string
		OriginReadTimeout      properties.Int

		IPAddressType      properties.Ignored // Config.Dial decides where an origin is
		OriginSSLProtocols properties.Ignored // Config.Dial does the handshake
	}
	DomainName            string
	ID                    string
	OriginAccessControlID string
	OriginCustomHeaders   []struct{ HeaderName, HeaderValue string }
	OriginPath            string

	OriginShield properties.Ignored // a layer of caches, and nothing is cached
}

// functionProperties is AWS::CloudFront::Function.
type functionProperties struct {
	AutoPublish    properties.Bool
	FunctionCode   string
	FunctionConfig struct {
		Comment                   properties.Ignored // says nothing to a request
		KeyValueStoreAssociations []struct{ KeyValueStoreARN string }
		Runtime                   string
	}

	FunctionMetadata properties.Ignored // output only
	Name             properties.Ignored // the ARN that associations use comes from the caller
	Tags             properties.Ignored // says nothing to a request
}

// policyProperties is AWS::CloudFront::ResponseHeadersPolicy.
type policyProperties struct {
	ResponseHeadersPolicyConfig struct {
		CorsConfig          *corsProperties
		CustomHeadersConfig struct {
			Items []struct {
				Header, Value string
				Override      properties.Bool
			}
		}
		RemoveHeadersConfig       struct{ Items []struct{ Header string } }
		SecurityHeadersConfig     securityProperties
		ServerTimingHeadersConfig struct {
			Enabled      properties.Bool
			SamplingRate properties.Ignored // used if enabled, which is refused
		}

		Comment, Name properties.Ignored // say nothing to a request
	}
}

type corsProperties struct {
	AccessControlAllowCredentials properties.Bool
	AccessControlAllowHeaders     struct{ Items []string }
	AccessControlAllowMethods     struct{ Items []string }
	AccessControlAllowOrigins     struct{ Items []string }
	AccessControlExposeHeaders    struct{ Items []string }
	AccessControlMaxAgeSec        *properties.Int
	OriginOverride                properties.Bool
}

type securityProperties struct {
	ContentSecurityPolicy *struct {
		ContentSecurityPolicy string
		Override              properties.Bool
	}
	ContentTypeOptions *struct{ Override properties.Bool }
	FrameOptions       *struct {
		FrameOption string
		Override    properties.Bool
	}
	ReferrerPolicy *struct {
		ReferrerPolicy string
		Override       properties.Bool
	}
	StrictTransportSecurity *struct {
		AccessControlMaxAgeSec properties.Int
		IncludeSubdomains      properties.Bool
		Override               properties.Bool
		Preload                properties.Bool
	}
	XSSProtection *struct {
		ModeBlock  properties.Bool
		Override   properties.Bool
		Protection properties.Bool
		ReportURI  string
	}
}

// KeyValueStore is what a template says of a key-value store: AWS::CloudFront::KeyValueStore. What is in it is state, which
// [Config] has a [Store] for.
type KeyValueStore struct {
	// Name is the store's name.
	Name string
	// Comment describes it.
	Comment string

	Tags properties.Ignored // says nothing to a request
}

// NewKeyValueStore reads the resolved properties of an AWS::CloudFront::KeyValueStore. A store that is filled from a file is
// not modelled: ImportSource is an error.
func NewKeyValueStore(resolved map[string]any) (KeyValueStore, error) {
	var store KeyValueStore
	err := properties.Decode("AWS::CloudFront::KeyValueStore", resolved, &store)
	return store, err
}
