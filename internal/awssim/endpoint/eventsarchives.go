package endpoint

import (
	"context"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func createArchive(_ context.Context, c *Call) (any, error) {
	var in struct {
		ArchiveName, EventSourceArn, Description, EventPattern string
		RetentionDays                                          int
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if err := checkPattern(in.EventPattern); err != nil {
		return nil, err
	}
	var created awssim.Archive
	var failed error
	c.do(func(_ *awssim.State, r *awssim.Region) {
		_, taken := r.Archives.Get(in.ArchiveName)
		_, known := r.FindEventBus(in.EventSourceArn)
		switch {
		case in.ArchiveName == "" || !isARN(in.EventSourceArn):
			failed = failure(http.StatusBadRequest, "ValidationException", "ArchiveName and EventSourceArn are required")
		case taken:
			failed = failure(http.StatusBadRequest, "ResourceAlreadyExistsException", "Archive %s already exists.", in.ArchiveName)
		case !known:
			failed = noSuch("Event bus", in.EventSourceArn)
		default:
			created = r.CreateArchive(awssim.Archive{
				Name: in.ArchiveName, BusARN: in.EventSourceArn, Description: in.Description, Pattern: in.EventPattern, Retention: in.RetentionDays,
			})
		}
	})
	if failed != nil {
		return nil, failed
	}
	return struct {
		ArchiveArn, State string
		CreationTime      *stamp
	}{created.ARN, "ENABLED", stampOf(created.Created)}, nil
}

type archiveOutput struct {
	ArchiveName    string
	EventSourceArn string
	State          string
	RetentionDays  int
	SizeBytes      int
	EventCount     int
	CreationTime   *stamp
}

func archiveOutputOf(a awssim.Archive) archiveOutput {
	size := 0
	for _, e := range a.Events {
		size += len(e.Detail)
	}
	return archiveOutput{a.Name, a.BusARN, "ENABLED", a.Retention, size, len(a.Events), stampOf(a.Created)}
}

func describeArchive(_ context.Context, c *Call) (any, error) {
	a, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Archive, bool) {
		return r.Archives.Get(c.Str("ArchiveName"))
	})
	if !ok {
		return nil, noSuch("Archive", c.Str("ArchiveName"))
	}
	return struct {
		archiveOutput

		ArchiveArn   string
		Description  string `json:",omitempty"`
		EventPattern string `json:",omitempty"`
	}{archiveOutputOf(a), a.ARN, a.Description, a.Pattern}, nil
}

func listArchives(_ context.Context, c *Call) (any, error) {
	var archives []archiveOutput
	for _, a := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Archive { return r.Archives.Values() }) {
		if from := c.Str("EventSourceArn"); from == "" || from == a.BusARN {
			archives = append(archives, archiveOutputOf(a))
		}
	}
	part, next, err := paged(c, archives)
	return struct {
		Archives  []archiveOutput
		NextToken string `json:",omitempty"`
	}{part, next}, err
}

// startReplay begins to send an archive's events again. Those of the bus that the archive is of are the only destination.
func startReplay(_ context.Context, c *Call) (any, error) {
	var in struct {
		ReplayName, EventSourceArn, Description string
		EventStartTime, EventEndTime            time.Time
		Destination                             struct {
			Arn        string
			FilterArns []string
		}
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	var started awssim.Replay
	var failed error
	c.do(func(_ *awssim.State, r *awssim.Region) {
		archive, known := findArchive(r, in.EventSourceArn)
		_, taken := r.Replays.Get(in.ReplayName)
		switch {
		case in.ReplayName == "":
			failed = failure(http.StatusBadRequest, "ValidationException", "ReplayName is required")
		case taken:
			failed = failure(http.StatusBadRequest, "ResourceAlreadyExistsException", "Replay %s already exists.", in.ReplayName)
		case !known:
			failed = failure(http.StatusBadRequest, "ValidationException", "Parameter EventSourceArn is not valid. Reason: Archive does not exist.")
		case in.Destination.Arn != archive.BusARN:
			failed = failure(http.StatusBadRequest, "ValidationException",
				"Parameter Destination.Arn is not valid. Reason: Must be the same event bus as the archive's, %s.", archive.BusARN)
		case !in.EventStartTime.Before(in.EventEndTime):
			failed = failure(http.StatusBadRequest, "ValidationException",
				"Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
		default:
			started = r.CreateReplay(awssim.Replay{
				Name: in.ReplayName, ArchiveARN: archive.ARN, BusARN: archive.BusARN, Description: in.Description,
				Rules: in.Destination.FilterArns, From: in.EventStartTime, To: in.EventEndTime, Status: "STARTING",
			})
		}
	})
	if failed != nil {
		return nil, failed
	}
	c.Cloud.Replay(c.Region, started.Name)
	return struct {
		ReplayArn, State string
		ReplayStartTime  *stamp
	}{started.ARN, started.Status, stampOf(started.Started)}, nil
}

// findArchive is the archive of an ARN.
func findArchive(r *awssim.Region, arn string) (awssim.Archive, bool) {
	for _, a := range r.Archives.All() {
		if a.ARN == arn {
			return a, true
		}
	}
	return awssim.Archive{}, false
}

type replayOutput struct {
	ReplayName            string
	EventSourceArn        string
	State                 string
	EventStartTime        *stamp
	EventEndTime          *stamp
	EventLastReplayedTime *stamp `json:",omitempty"`
	ReplayStartTime       *stamp
	ReplayEndTime         *stamp `json:",omitempty"`
}

func replayOutputOf(r awssim.Replay) replayOutput {
	return replayOutput{
		r.Name, r.ArchiveARN, r.Status, stampOf(r.From), stampOf(r.To), stampOf(r.LastReplayed), stampOf(r.Started), stampOf(r.Ended),
	}
}

func describeReplay(_ context.Context, c *Call) (any, error) {
	r, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Replay, bool) {
		return r.Replays.Get(c.Str("ReplayName"))
	})
	if !ok {
		return nil, noSuch("Replay", c.Str("ReplayName"))
	}
	type destination struct {
		Arn        string
		FilterArns []string `json:",omitempty"`
	}
	return struct {
		replayOutput

		ReplayArn   string
		Description string `json:",omitempty"`
		Destination destination
	}{replayOutputOf(r), r.ARN, r.Description, destination{r.BusARN, r.Rules}}, nil
}

func listReplays(_ context.Context, c *Call) (any, error) {
	var replays []replayOutput
	for _, r := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Replay { return r.Replays.Values() }) {
		replays = append(replays, replayOutputOf(r))
	}
	part, next, err := paged(c, replays)
	return struct {
		Replays   []replayOutput
		NextToken string `json:",omitempty"`
	}{part, next}, err
}
