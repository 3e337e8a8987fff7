import { GRAPH_LIMITS } from '../../limits';
import type { GraphMeaning, GraphMeanings } from '../../microsoft';

const RBAC_DELAY = 'Changes take up to two hours to take effect.';

const accessDenied: GraphMeaning = {
	code: 'MICROSOFT_NOT_ALLOWED',
	message: ({ where }) => `The application is not allowed to read ${where}`,
	hint: ({ roles }) => {
		if (roles.some((role) => role === 'Mail.Read' || role === 'Mail.ReadWrite')) {
			return `The application has ${roles.filter((role) => role.startsWith('Mail.')).join(', ')}, so this mailbox is outside its scope: add it to the management scope (RBAC for Applications) or to the group of the application access policy. ${RBAC_DELAY}`;
		}
		if (roles.some((role) => role.startsWith('Mail.ReadBasic'))) {
			return 'The application only has Mail.ReadBasic, which cannot read bodies and attachments. Grant it Mail.Read.';
		}
		return `Either the permission is missing (grant the application permission Mail.Read, with admin consent), or this mailbox is outside the scope of its 'Application Mail.Read' role (RBAC for Applications; check with Test-ServicePrincipalAuthorization). ${RBAC_DELAY}`;
	},
};
const noSuchUser: GraphMeaning = {
	code: 'MICROSOFT_CONFIGURATION',
	message: ({ where }) => `The user does not exist: ${where}`,
	hint: () =>
		"Check 'Mailbox': the address (user principal name) or object ID of a user or shared mailbox in this tenant.",
};
const noMailbox: GraphMeaning = {
	code: 'MICROSOFT_CONFIGURATION',
	message: ({ where }) => `The user has no Exchange Online mailbox: ${where}`,
	hint: () =>
		'The user may be a guest, have no license, or have an on-premises mailbox. The mailbox of a Microsoft 365 group cannot be read this way.',
};
const gone: GraphMeaning = {
	code: 'MICROSOFT_MISSING',
	message: ({ where }) => `It no longer exists: ${where}`,
	hint: () => 'It was deleted, or moved to another mailbox or to the online archive.',
};
const syncStateLost: GraphMeaning = {
	code: 'MICROSOFT_PROTOCOL',
	message: () => 'Exchange no longer knows how far this folder was read',
	hint: () => 'No action is needed. The folder is read again from the start.',
};

const mailboxFull: GraphMeaning = {
	code: 'MICROSOFT_UNAVAILABLE',
	message: ({ where }) => `The mailbox is full, and Exchange does not list changes of a full mailbox: ${where}`,
	hint: () =>
		"Make room in the mailbox (also in 'Recoverable Items'), or raise its quota. The trigger then goes on where it stopped.",
	retryAfterMs: GRAPH_LIMITS.fullMailboxWaitMs,
};
const passing: GraphMeaning = {
	code: 'MICROSOFT_UNAVAILABLE',
	message: ({ where, status }) => `Exchange cannot answer for ${where} at present (HTTP ${status})`,
	hint: () => 'n8n tries again. If it persists, check the Microsoft 365 service health page.',
};

/**
 * Passing trouble of Exchange, whatever status it comes with:
 * learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode.
 */
const PASSING = [
	'errorbatchprocessingstopped',
	'errorconnectionfailed',
	'errorexceededconnectioncount',
	'errorinsufficientresources',
	'errorinternalserverfailure',
	'errorinternalservererror',
	'errorinternalservertransienterror',
	'errormailboxfailover',
	'errormailboxmoveinprogress',
	'errormailboxstoreunavailable',
	'errorserverbusy',
	'errortimeoutexpired',
	'errortoomanyobjectsopened',
	'mailboxinfostale',
	'servicenotavailable',
	'serviceunavailable',
];

/** What Exchange's own error codes mean, for those who read mail. */
export const MAIL_MEANINGS: GraphMeanings = {
	byCode: {
		...Object.fromEntries(PASSING.map((code) => [code, passing])),
		errorquotaexceeded: mailboxFull,
		errorquotaexceededondelete: mailboxFull,
		erroraccessdenied: accessDenied,
		accessdenied: accessDenied,
		authorization_requestdenied: accessDenied,
		request_resourcenotfound: noSuchUser,
		errorinvaliduser: noSuchUser,
		mailboxnotenabledforrestapi: noMailbox,
		mailboxnotsupportedforrestapi: noMailbox,
		mailboxnothostedinexchangeonline: noMailbox,
		resourcenotfound: noMailbox,
		erroritemnotfound: gone,
		errorfoldernotfound: gone,
		syncstatenotfound: syncStateLost,
		syncstateinvalid: syncStateLost,
		resyncrequired: syncStateLost,
	},
	byStatus: { 403: accessDenied, 404: gone, 410: syncStateLost, 507: mailboxFull },
};
