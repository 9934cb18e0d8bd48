package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/stacks"
)

// regions measures how synthesis and templates grow with the number of Regions that stand by.
func (b *bench) regions(ctx context.Context) ([]figure, error) {
	defer jsii.Close()
	settings, err := contextJSON()
	if err != nil {
		return nil, err
	}
	var flags map[string]any
	if err := json.Unmarshal([]byte(settings), &flags); err != nil {
		return nil, err
	}
	var figures []figure
	for _, n := range []int{1, 2, 5, 10} {
		b.say("synthesis of %d secondary Regions", n)
		seconds, kilobytes := make([]float64, b.runs), 0.0
		for i := range b.runs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			start := time.Now()
			size, err := synthesizeRegions(n, flags)
			if err != nil {
				return nil, err
			}
			seconds[i], kilobytes = time.Since(start).Seconds(), size
		}
		subject := fmt.Sprintf("%d secondary Regions", n)
		figures = append(figures,
			summarize(subject, "synthesis without validation", "s", seconds),
			single(subject, "templates", "kB", kilobytes))
	}
	return figures, nil
}

// synthesizeRegions synthesizes the stacks of n secondary Regions with CDK's feature flags, and returns the size of their templates in kilobytes.
func synthesizeRegions(n int, flags map[string]any) (kilobytes float64, err error) {
	dir, err := os.MkdirTemp("", "warmstandby-bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	app := awscdk.NewApp(&awscdk.AppProps{Context: &flags, Outdir: &dir, AnalyticsReporting: jsii.Bool(false)})
	for i, region := range topology.Regions()[:n] {
		c := topology.Default()
		c.SecondaryRegion = region
		c.SecondaryCidr = fmt.Sprintf("10.%d.0.0/16", i+1)
		stacks.NewSecondaryRegion(app, fmt.Sprintf("Region%d", i+1), &stacks.RegionProps{Config: c})
	}
	app.Synth(nil)
	a, err := assembly.Read(dir)
	if err != nil {
		return 0, err
	}
	for _, s := range a.Stacks {
		kilobytes += float64(s.Template.Size) / 1000
	}
	return kilobytes, nil
}
