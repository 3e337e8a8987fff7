// What an analyst looks at first in a message: who sent it, whether that is proved, and which way it came.
export type {
	Authentication,
	ArcVerdict,
	CompositeVerdict,
	DkimVerdict,
	DmarcVerdict,
	SpfVerdict,
} from './authentication';
export {
	readAuthenticationResults,
	type AuthenticationResult,
	type AuthenticationResults,
} from './authenticationResults';
export { checkDkim, textRecord, type CheckedSignature, type DkimCheck, type DkimOptions } from './dkim';
export { alignmentOf, domainOf, isAligned, organisationOf, type Alignment } from './domains';
export { firstLook, type FirstLook, type FirstLookOptions, type LookedAt } from './firstLook';
export type { Hop } from './hops';
export type { MessageKeys } from './keys';
export { automaticKind, type AutomaticKind, type MailMarks } from './marks';
export type { SenderDifference, SenderDifferenceCode, Senders } from './sender';
