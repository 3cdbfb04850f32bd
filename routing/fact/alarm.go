package fact

import "time"

// AlarmKind is what an operator has to mend.
type AlarmKind string

// The kinds of alarms, in the order in which they are shown: what callers notice first stands first.
const (
	AlarmTrunk      AlarmKind = "trunk"         // a trunk is down; Subject is its name
	AlarmPorts      AlarmKind = "rtp-ports"     // no RTP port was free for a leg
	AlarmOverload   AlarmKind = "overload"      // media workers are late
	AlarmOneWay     AlarmKind = "one-way-audio" // parties who aren't heard
	AlarmSpeech     AlarmKind = "speech"        // texts can't be spoken
	AlarmPrompt     AlarmKind = "prompt-file"   // an audio file of the configuration is gone; Subject is its path
	AlarmDatabase   AlarmKind = "database"      // it can't be written
	AlarmRecordings AlarmKind = "recordings"    // they can't be written
	AlarmQuota      AlarmKind = "quota"         // recordings of this month need as much room as they may, or soon will
	AlarmUpload     AlarmKind = "upload"        // recordings don't reach another place; Subject says which
	AlarmReload     AlarmKind = "reload"        // the file has mistakes, and an older one holds
)

// AlarmKinds are all of them.
func AlarmKinds() []AlarmKind {
	return []AlarmKind{
		AlarmTrunk, AlarmPorts, AlarmOverload, AlarmOneWay, AlarmSpeech, AlarmPrompt, AlarmDatabase, AlarmRecordings, AlarmQuota, AlarmUpload, AlarmReload,
	}
}

// Alarm is something that is wrong now and that somebody has to mend. Kind and Subject are its identity.
type Alarm struct {
	Kind    AlarmKind
	Subject string // which of its kind; empty: there is one only
	Since   time.Time
	What    string // what is wrong, and what callers notice of it
	Do      string // what to do
}

// Events of alarms; Detail has the kind, the subject and what is wrong.
const (
	AlarmRaised EventKind = "alarm"
	AlarmOver   EventKind = "alarm-over"
)
