package interop

// demand is something that peers ask of us, with the tests that show it: PACKAGE.TestName, the package below the module's root.
type demand struct {
	what  string
	rfc   string
	tests []string
}

// section is a group of demands.
type section struct {
	title   string
	demands []demand
}

func demands() []section {
	return []section{
		{"What carriers test before a trunk goes live", []demand{
			{"Record-Route and Route in both roles, strict routers, rport, answers go to the source", "3261, 3581", []string{
				"sip.TestRouteSetUAC", "sip.TestRouteSetUAS", "sip.TestStrictRoute", "sip.TestTwoListeners", "sip.TestCallIn", "sip.TestCallOut",
				"internal/e2e.TestRegisteredTrunkBehindKamailio",
			}},
			{"NAPTR, SRV by priority and weight, A and AAAA; the next server within 2 seconds", "3263, 2782", []string{
				"sip/resolve.TestLocateRFC3263", "sip/resolve.TestOrderRFC2782", "sip/resolve.TestClientRealServer", "sip/resolve.TestCache", "sip.TestOutBySRV",
				"sip.TestDeadTargetIsLeftWithin2s", "sip.TestFailoverStatuses", "sip.TestProbes", "sip.TestOrderByWeight",
			}},
			{"Digest: 401 and 407 in a chain, stale, qop, several challenges, SHA-256, uri equal to the Request-URI", "7616, 8760, 2617", []string{
				"sip/digest.TestVectorsOfRFC7616", "sip/digest.TestVectorsOfRFC2617", "sip/digest.TestStrongestChallenge", "sip/digest.TestChainOfServerAndProxy",
				"sip.TestDigestChain", "sip.TestWrongLogins",
			}},
			{"REGISTER: refresh, 423, back-off after 403, Service-Route, Path, calls in find their trunk", "3261, 3327, 3608", []string{
				"sip.TestRegisterWithTrunk", "sip.TestRegisterTooBrief", "sip.TestRegisterRefused", "sip.TestRegisterFailover", "sip.TestRegisterAgainWhenServerReturns",
				"sip.TestServiceRoute", "sip.TestInboundOfRegistration", "sip.TestPath", "sip.TestUplinkOverTCP", "sip.TestTransportByDNS", "internal/e2e.TestRegisteredTrunkBehindKamailio", "internal/e2e.TestRegistersOverTLSByDNS",
			}},
			{"Hold: sendonly, recvonly, inactive, 0.0.0.0, on either leg; un-hold; o= rises by one; m= lines keep their places", "3264", []string{
				"sip.TestHoldAndBack", "sip.TestHoldByZeroAddress", "sip.TestVersionRisesByOne", "sip.TestHoldOut", "sip.TestHoldWaits",
				"media/sdp.TestHoldAndBack", "media/sdp.TestVersions", "media/sdp.TestWithin", "media/sdp.TestAnswer", "media/sdp.TestOurOfferKeepsThePeersLines",
			}},
			{"INVITE and re-INVITE without an offer, both ways; no SDP in the ACK ends the call", "3261", []string{
				"sip.TestOfferlessInvite", "sip.TestOfferlessInviteAckWithoutAnswer", "sip.TestReinviteWithoutOffer", "sip.TestLateOffer",
			}},
			{"Session timers: 422 and Min-SE, both refreshers, UPDATE with re-INVITE as fallback, BYE on expiry", "4028", []string{
				"sip.TestSessionTimerTooShort", "sip.TestSessionTimerAnswer", "sip.TestSessionTimerOfThePeer", "sip.TestSessionTimerOfOurs", "sip.TestSessionTimerOut",
				"sip.TestSessionTimerOutPeerRefreshes", "sip.TestRefreshRefused", "sip.TestRefreshUnanswered", "sip.TestRefreshByReinviteGlareAndTooShort", "internal/e2e.TestPrackUpdateAndTimer",
			}},
			{"UPDATE: with and without SDP, early and confirmed, 491 and 500", "3311", []string{"sip.TestUpdateInEarlyDialog", "sip.TestUpdateCrossesReinvite", "internal/e2e.TestPrackUpdateAndTimer"}},
			{"100rel: supported and required, RSeq, repeats, 504 without PRACK, offer in PRACK, SDP in the 183 only", "3262", []string{
				"sip.TestReliableProvisional", "sip.TestRSeqRisesByOne", "sip.TestNoPrackIs504", "sip.TestAnswerWaitsForPrack", "sip.TestPrackOfNothing", "sip.TestReliableLevels",
				"sip.TestOfferInReliableProvisional", "sip.TestOfferInPrack", "sip.TestPrackOut", "sip.TestAnswerBeforePrackIsAnswered", "sip.TestPrackOfForks",
				"sip.TestReliableRequiredOut", "sip.TestAnswerOnlyInProvisional", "internal/e2e.TestPrackUpdateAndTimer",
			}},
			{"Early media: 183 with SDP is heard, 180 after 183, 183 without SDP, P-Early-Media; failover after it frees its ports", "3960, 5009", []string{
				"sip.TestEarlyMedia", "sip.TestEarlyMediaIn", "routing.TestFailoverAfterEarlyMedia",
			}},
			{"DTMF: both clocks, three ends are one digit, lost starts and ends, 30 % loss, INFO, in the voice; two ways are one digit", "4733, 6086", []string{
				"media/rtp.TestKeypad", "media/rtp.TestDiallerLoss", "media/rtp.TestDialler", "media.TestDigits", "media.TestDigitsInTheVoice", "media/sdp.TestEventRates",
				"sip.TestDigitWays", "sip.TestDigitsByInfoInOrder", "sip.TestInDialogAnswers",
			}},
			{"Identity: PAI and PPI with trust, Privacy, Diversion, History-Info, tel:, user=phone, E.164 and national spelling", "3323, 3325, 5806, 7044, 3966", []string{
				"sip/identity.TestShow", "sip/identity.TestSpell", "sip/identity.TestReadByRule", "sip/identity.TestInvite", "sip/identity.TestE164", "sip/identity.TestChange",
				"sip.TestPresent", "internal/e2e.TestCarrierOut",
			}},
			{"ptime and maxptime of 10 to 60 ms, changed in mid-call; comfort noise only if offered", "4566, 3389", []string{
				"sip.TestPacketTime", "media.TestPtime", "media.TestPtimeOfPeer", "media/sdp.TestAnswer",
			}},
			{"Reason and Q.850, the right status for each end, 603 and above unchanged", "3326", []string{
				"sip.TestStatusOfEachEnd", "sip.TestReasonOfRefusal", "sip.TestRefusedInTheSameWords", "sip.TestCancelledElsewhere", "sip.TestFailures",
			}},
			{"TLS 1.2 and 1.3, the server's name, client certificates, SDES with three suites, SAVP and AVP", "5922, 4568", []string{
				"sip/secure.TestServersName", "sip/secure.TestServersAddress", "sip/secure.TestClientCertificates", "sip/secure.TestOldVersions",
				"sip/secure.TestCertificateChanges", "media/sdp.TestAnswerSRTP", "media/sdp.TestOfferSRTP", "internal/e2e.TestTrunkOverTLS",
				"internal/e2e.TestTrunkOverTLSWithoutCertificate", "internal/e2e.TestCertificatesChangeInMidCall", "internal/e2e.TestSoftphonesWithSDES",
			}},
			{"Over 1300 bytes to TCP, connections used again, CRLF keep-alive, compact and folded headers", "3261, 5923, 5626", []string{
				"sip.TestLargeRequestGoesByTCP", "sip.TestLargeRequestWithoutTCP", "sip.TestConnectionReuse", "sip.TestKeepAliveOfStreams", "sip.TestCompactAndFolded",
			}},
			{"Torture messages", "4475", []string{"sip.TestTorture", "sip.TestTortureOverTCP"}},
		}},
		{"Also usual", []demand{
			{"REFER in and out, Replaces, NOTIFY; a carrier's is refused unless allowed", "3515, 3891, 4488", []string{
				"sip.TestReferRefused", "sip.TestRefer", "sip.TestReferOddities", "sip.TestReferReplacesOurs", "sip.TestReferOut", "internal/e2e.TestReferOfPBX",
				"sip.TestJoinedCalls", "routing.TestTransferToOwnCall", "internal/e2e.TestCallsJoinedByPBX",
			}},
			{"Buttons of agents' phones: REFER to an agent, a queue or a number; a second call asks somebody, REFER with Replaces completes it", "3515, 3891", []string{
				"sip.TestReferOfPhone", "sip.TestPhoneAsks", "routing.TestPhoneTransfers", "routing.TestPhoneAsksAndCompletes", "routing.TestPhoneAsksAndComesBack",
				"routing.TestPhoneGivesAwayWhileItRings", "routing.TestPhoneLostWhileItAsks", "internal/e2e.TestDeskPhoneTransfers",
			}},
			{"INVITE with Replaces: a transfer that was announced, a pick-up at another phone; only of one's own calls", "3891", []string{
				"sip.TestReplaces", "sip.TestReplacesRefused", "sip.TestReplacesAtOtherTimes", "sip.TestReplacesCancelled", "sip.TestReplacesWhileItRings",
				"sip.TestReplacesOfSomebodyElse", "sip.TestReplacesByPhone", "routing.TestReplaceEndOfBridge", "routing.TestReplaceFails", "media.TestSwap",
				"internal/e2e.TestAttendedTransferByPBX",
			}},
			{"3xx by policy, with a limit", "3261", []string{"sip.TestRedirects"}},
			{"OPTIONS both ways, 503 while draining", "3261", []string{"sip.TestProbes", "sip.TestDrain"}},
			{"503 with Retry-After on overload, calls and calls per second per trunk", "3261", []string{
				"sip.TestOverload", "sip.TestOverloadRefusesBeforeWork", "sip.TestOverloadRefusesAShare", "sip.TestServerFull", "sip/trunk.TestCallsOfATrunk", "sip/trunk.TestCallsPerSecond",
			}},
			{"Longest ring and longest call", "–", []string{"sip.TestLongestRingAndCall", "routing.TestCallsOutEndWhenTheyAreTooLong"}},
			{"T.38 and video refused with the call kept; precondition refused", "3264, 3312", []string{"sip.TestFaxAndVideoRefused", "sip.TestPreconditionRefused"}},
			{"Strangers get silence, failed logins a ban; floods cost the others nothing", "–", []string{
				"sip.TestStrangersGetSilence", "sip.TestStrangersOverTCP", "sip.TestBan", "sip.TestNobodyIsBannedInAnothersName", "sip.TestFloodOfOneStranger",
				"sip.TestFloodOfATrunk", "sip.TestFloodOverRealSockets",
			}},
			{"Toll fraud: countries, prefixes, calls at once, lengths; emergency calls pass", "–", []string{
				"routing/dialout.TestDecide", "routing/dialout.TestGate", "routing.TestWhatMayNotBeDialled", "internal/e2e.TestBarredNumber",
			}},
		}},
		{"Traps of dialogs", []demand{
			{"Glare of re-INVITEs, and of UPDATE with re-INVITE", "3261, 3311", []string{"sip.TestGlare", "sip.TestGlareOwner", "sip.TestUpdateCrossesReinvite"}},
			{"A second INVITE while one is pending", "3261", []string{"sip.TestSecondInviteWhilePending"}},
			{"CANCEL against 200, before any 1xx, never answered, of nothing", "3261", []string{
				"sip.TestCancelCrosses200", "sip.TestCancelCrossesTheir200", "sip.TestCancelWaitsForProvisional", "sip.TestCancelNeverAnswered", "sip.TestCancelOfNothing",
			}},
			{"BYE against BYE, against re-INVITE, before ACK, in an early dialog", "3261", []string{
				"sip.TestByeCrossesBye", "sip.TestByeCrossesReinvite", "sip.TestByeBeforeAck", "sip.TestByeInEarlyDialog",
			}},
			{"Lost ACK: 200 again, BYE at 32 s; a repeated INVITE after the ACK", "3261", []string{"sip.TestNoAck", "sip.TestLostAckOfReinvite", "sip.TestRepeatedInviteIsAbsorbed"}},
			{"Forks: early dialogs with different SDP, 200 of either, then both", "3261", []string{"sip.TestForkedAnswers", "sip.TestForksKeepTheirMedia", "sip.TestManyForks"}},
			{"A refused re-INVITE keeps the session, and the next one works", "3261", []string{"sip.TestRefusedReinviteKeepsTheSession", "sip.TestRefusedReinviteOut"}},
			{"The contact changes in mid-call", "3261", []string{"sip.TestContactChangesInMidCall"}},
			{"TCP drops in mid-dialog", "3261", []string{"sip.TestConnectionDropsInMidCall", "sip.TestConnectionEndsWhileItRings", "sip.TestPeerReconnectsInMidCall", "sip.TestAnswerAfterADrop"}},
			{"482 after failover, a call routed back to its own trunk, Max-Forwards 0", "3261", []string{
				"sip.TestLoopDetectedAfterFailover", "sip.TestCallThatComesBack", "sip.TestBadInvites",
			}},
			{"Unknown Require, unknown method with a true Allow", "3261", []string{"sip.TestBadInvites", "sip.TestInDialogAnswers"}},
			{"Many provisionals; messages back to back", "3261", []string{"sip.TestManyProvisionals", "sip.TestBackToBackResponses", "sip.TestOrderOfOneConnection"}},
			{"Any order of messages", "3261", []string{"sip.TestModel", "sip.FuzzDialog"}},
		}},
		{"Traps of SDP and RTP", []demand{
			{"Payload types remapped, other ones in each direction, codecs changed in mid-call", "3264", []string{
				"media.TestAsymmetricPayloadTypes", "media.TestPeerChangesItsCodec", "media/sdp.TestPayloadTypesStayForTheSession", "media/sdp.TestAlso",
			}},
			{"o= that stays means no change; keys changed by re-INVITE; odd lines are read", "4566, 4568", []string{
				"sip.TestSameVersionMeansNoChange", "media/sdp.TestRekey", "media/rtp.TestRekey", "media/sdp.TestTolerance",
			}},
			{"NAT: latch once, a new port of the same address, never a stranger", "–", []string{"media.TestStrangers", "media.TestPortMoves", "media.TestNAT", "media/rtp.TestLatch"}},
			{"SSRC, sequence and timestamp never jump towards a peer", "3550", []string{"media.TestOneStream", "media/webrtc.TestBrowserHearsNoJump"}},
			{"Loss, reordering, bursts, clocks that differ by 200 ppm", "–", []string{"media/rtp.TestJitter", "media/rtp.TestJitterSkew", "media/rtp.TestJitterBurst"}},
			{"A closed port rests; a dead remote port", "–", []string{"media/rtp.TestPorts", "media.TestRefused"}},
			{"One-way audio is noticed, and hold, mute and DTX do not set it off", "–", []string{"media.TestOneWay", "media.TestNotOneWay"}},
		}},
		{"Browsers", []demand{
			{"ICE by UDP, TCP, TURN, IPv6, behind NAT; restart; consent; named candidates", "8445, 7675", []string{
				"internal/e2e.TestWebRTCByTCP", "internal/e2e.TestWebRTCPrefersUDP", "internal/e2e.TestWebRTCByTURN", "internal/e2e.TestWebRTCByIPv6",
				"internal/e2e.TestWebRTCBehindNAT", "internal/e2e.TestWebRTCConsentRunsOut", "media/webrtc.TestRestart", "media/webrtc.TestNamedCandidates",
			}},
			{"JsSIP and SIP.js as phones; two tabs; a frozen tab; no microphone; a bad line", "7118", []string{
				"internal/e2e.TestJsSIPPhone", "internal/e2e.TestSIPJSPhone", "internal/e2e.TestTwoTabsTheNewestRings", "internal/e2e.TestFrozenTab",
				"internal/e2e.TestRefusedMicrophone", "internal/e2e.TestWebRTCOverABadLine", "internal/e2e.TestAddressChangesInMidCall",
			}},
		}},
	}
}
