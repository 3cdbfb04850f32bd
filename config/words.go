package config

// Words says where the action leads, for time lines.
func (a Action) Words() string {
	switch {
	case a.Queue != "":
		return "to the queue " + a.Queue
	case a.Menu != "":
		return "to the menu " + a.Menu
	case a.Voicemail != "":
		return "to the voicemail " + a.Voicemail
	case a.Number != "":
		return "to the number " + a.Number
	case a.HangUp:
		return "to the end of the call"
	}
	return "to nowhere else"
}
