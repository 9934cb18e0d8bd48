package failoverpipeline

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// The functions, as they stand in names behind the pipeline's.
const (
	AssessFunction = "Assess"
	MoveFunction   = "Move"
	VerifyFunction = "Verify"
	ReportFunction = "Report"
)

const functionsModule = "github.com/warmstandby/warmstandby/functions/failover"

// ImportPaths are the import paths of all functions of a failover, those of package failovermonitoring included, so that an app
// builds them in one run of the go command.
func ImportPaths() []string {
	return []string{
		functionsModule + "assess", functionsModule + "move", functionsModule + "verify", functionsModule + "report", functionsModule + "status",
	}
}

// Times of functions, in minutes. An assessment asks questions of 10 seconds each, a move goes on in another invocation, and a
// verification waits for up to 10 minutes.
const (
	shortMinutes = 5
	longMinutes  = 15
)

func (r *Pipeline) defineFunctions() {
	for _, f := range []struct {
		name, path, does string
		minutes          int
		grant            func(*gofunction.Function)
	}{
		{AssessFunction, "assess", "Says whether the application can be moved; changes nothing", shortMinutes, r.letAssess},
		{MoveFunction, "move", "Moves the application", longMinutes, r.letMove},
		{VerifyFunction, "verify", "Checks that the Region serves", longMinutes, r.letVerify},
		{ReportFunction, "report", "Writes the report of a run", shortMinutes, r.letReport},
	} {
		function := gofunction.New(r, f.name, &gofunction.Props{
			ImportPath:   functionsModule + f.path,
			BuildWith:    ImportPaths(),
			FunctionName: r.site().Pipeline + "-" + f.name,
			Description:  f.does,
			Environment:  map[string]string{topology.DocumentVariable: r.props.TopologyParameterName},
			LogRetention: r.props.LogRetention,
			Timeout:      awscdk.Duration_Minutes(jsii.Number(f.minutes)),
		})
		r.functions[f.name] = function
		r.letAnswer(function)
		f.grant(function)
	}
}
