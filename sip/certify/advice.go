package certify

import "fmt"

// The keys of a trunk that findings propose. A test holds each against the schema of the file.

func keyUsername() Key {
	return Key{"login.username", "your-name", "the user name that the trunk knows you by"}
}

func keyPassword() Key {
	return Key{"login.password", "env:NAME", "the password that belongs to the user name"}
}

func keyReliable(value, why string) Key { return Key{"reliable_provisional", value, why} }

func keyTimerOff() Key {
	return Key{"session_timer", "off", "we don't ask for a session timer"}
}

func keyTimerExpires(s int) Key {
	return Key{"session_timer.expires", fmt.Sprintf("%ds", s), "what the trunk takes, without being refused once a call"}
}

func keyRefresher(who string) Key {
	return Key{"session_timer.refresher", who, "the other side can't be left to refresh"}
}

func keyPtime(ms int) Key {
	return Key{"ptime", fmt.Sprintf("%dms", ms), "what the trunk sends, whatever it is asked for"}
}

func keyDTMF(way string) Key {
	return Key{"dtmf", way, "telephone-event isn't to be had"}
}

func keyEarlyMedia() Key {
	return Key{"early_media", "never", "callers hear our ringing instead of nothing"}
}

func keyOffer(value, why string) Key { return Key{"offer", value, why} }

func keyTransport(value, why string) Key { return Key{"transport", value, why} }

func keyCodecs(list string) Key {
	return Key{"codecs", list, "offer only what the trunk takes"}
}

func keySRTP(value, why string) Key { return Key{"srtp", value, why} }

func keyServers(server string) Key {
	return Key{"servers", "[" + server + "]", "the name that the certificate is for"}
}

func keyCertificate() Key {
	return Key{"tls.certificate", "certs/trunk.pem", "what the trunk is shown when it asks who we are"}
}

func keyCertificateKey() Key {
	return Key{"tls.key", "certs/trunk.key", "the key that belongs to it"}
}

func keyNoProbe() Key {
	return Key{"probe", "0s", "the trunk doesn't answer OPTIONS, and would count as dead"}
}

func keyRegisterExpires(s int) Key {
	return Key{"login.expires", fmt.Sprintf("%ds", s), "the registrar takes nothing shorter"}
}

func keyAccount() Key {
	return Key{"identity.from", "account", "the trunk wants its own number in From"}
}

func keyAsserted(value string) Key {
	return Key{"identity.asserted", value, "how the trunk takes the caller's number"}
}

func keyNumbers(value string) Key {
	return Key{"numbers_as", value, "if the number is right, the trunk wants it in another spelling"}
}

// proposals are all of the above, for the test.
func proposals() []Key {
	return []Key{
		keyUsername(), keyPassword(), keyReliable("off", ""), keyReliable("required", ""), keyTimerOff(), keyTimerExpires(1800), keyRefresher("us"),
		keyPtime(40), keyDTMF("info"), keyDTMF("inband"), keyEarlyMedia(), keyOffer("early", ""), keyTransport("tcp", ""), keyCodecs("[PCMA]"),
		keySRTP("off", ""), keySRTP("required", ""), keyServers("sip.example.com"), keyCertificate(), keyCertificateKey(),
		keyNoProbe(), keyRegisterExpires(7200), keyAccount(), keyAsserted("none"), keyAsserted("preferred"), keyNumbers("e164"), keyNumbers("national"),
	}
}
