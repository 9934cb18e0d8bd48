// Package fault decides what goes wrong in a simulated cloud: which Regions are lost and when, and which calls are throttled, fail,
// time out before or after their effect, are slow, or are answered with what was true some seconds ago.
//
// A [Plan] is a list of outages, brown-outs and rules, and a seed. [Plan.Decide] is a pure function of the plan and of a [Call], which
// counts the calls of its kind: the same plan gives the same decisions, and callers do not disturb one another. [Random] draws a plan
// from a seed. An [Injector] counts the calls of many callers at once, and what was done to them, for whoever carries decisions out:
// package endpoint does over HTTP, a simulation may in process.
//
//	plan := fault.Plan{Seed: 1, Outages: []fault.Outage{{Region: "us-east-1", From: start}}}
//	cloud := awssim.New(awssim.Options{Account: "123456789012", Fate: plan.Fate, History: plan.MaxStale})
//	cloud.Do(plan.Apply)
//	handler := endpoint.NewFaulty(cloud, fault.NewInjector(plan))
//
// # Sources, and what is left out
//
// Codes of throttling and of internal failures are those of the services' API references, where they have any, and otherwise those
// that the SDKs know. That a Region's planes can fail apart is what AWS's whitepaper "AWS Fault Isolation Boundaries" says. How often
// anything fails is nobody's figure. Answers are never corrupted, and a connection breaks only before or after an answer.
package fault
