import type { GraphFault } from './faults';
import type { GraphLab } from './api';

/** Something that Microsoft 365 does besides what its documentation shows. */
export interface Situation {
	/** A report or a page that tells of it. */
	source: string;
	/** Nobody has seen it here, or there is no report: it is what could be. */
	believed?: true;
	/** What the right behaviour is. */
	right: string;
	/** Requests that go wrong. `part`: of whose path; default: all of that kind. */
	faults?: readonly GraphFault[];
	/** What the lab does otherwise from then on. */
	set?: (graph: GraphLab) => void;
}

const refused = (path: string, status: number, code: string, more: Partial<GraphFault> = {}): GraphFault => ({
	kind: 'refused',
	path,
	status,
	code,
	...more,
});

/** By name. Each has a story in test/unit/mailbox/graph-field.test.ts. */
export const SITUATIONS = {
	'content not found': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#3080, #259; microsoftgraph/msgraph-sdk-java#1225',
		right: 'its fields are asked for; it is set aside and comes later',
		faults: [refused('/$value', 404, 'ErrorItemNotFound')],
	},
	'message not found for a moment': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#3080; a store that fails over',
		believed: true,
		right: 'it is not taken for deleted at once, and comes later',
		faults: [refused('/messages/', 404, 'ErrorItemNotFound', { not: '/delta' })],
	},
	'fields not found, with a filter': {
		source: 'microsoftgraph/msgraph-sdk-java#1225',
		believed: true,
		right: 'its bytes are asked for; it is set aside and comes later',
		faults: [refused('', 404, 'ErrorItemNotFound', { about: 'message' })],
	},
	'content empty once': {
		source: 'microsoftgraph/msgraph-sdk-java#499; microsoftgraph/msgraph-sdk-php#1210',
		right: 'it is asked for again, and comes',
		faults: [{ kind: 'empty', path: '/$value' }],
	},
	'content empty': {
		source: 'microsoftgraph/msgraph-sdk-java#499; microsoftgraph/msgraph-sdk-php#1210',
		right: 'it is set aside with its header, and comes later',
		faults: [{ kind: 'empty', path: '/$value' }],
	},
	'content unavailable for all': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#1477; microsoftgraph/microsoft-graph-docs-contrib#1808',
		right: 'the poll stops after a handful of requests, and nothing is given up',
		faults: [{ kind: 'unavailable', path: '/$value' }],
	},
	'content empty for all': {
		source: 'microsoftgraph/msgraph-sdk-php#1210',
		believed: true,
		right: 'the poll stops after a handful of requests, and nothing is given up',
		faults: [{ kind: 'empty', path: '/$value' }],
	},
	'content not found for all': {
		source: 'microsoftgraph/msgraph-sdk-java#1225; a store that fails over',
		believed: true,
		right: 'the poll stops after a handful of requests, and nothing is given up',
		faults: [refused('/$value', 404, 'ErrorItemNotFound')],
	},
	'content fails in the middle of a poll': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#1477',
		believed: true,
		right: 'what was read is handed over, the rest waits',
		faults: [{ kind: 'unavailable', path: '/$value' }],
	},
	'content that never comes': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#1477 (large MIME)',
		right: 'one message is set aside, the others wait for the next poll and come',
		faults: [{ kind: 'hang', path: '/$value' }],
	},
	'content refused (rights management)': {
		source: 'microsoftgraph/microsoft-graph-docs#2913',
		right: 'that message alone is set aside, also where it is the only new one',
		faults: [refused('/$value', 403, 'ErrorAccessDenied')],
	},
	'very many broken messages': {
		source: 'microsoftgraph/microsoft-graph-docs#2913',
		believed: true,
		right: 'none is dropped when as many are set aside as a position holds; others go first',
	},
	'fields without a value': {
		source: 'a proxy that strips answers',
		believed: true,
		right: 'a message that a filter cannot judge is handed over or set aside',
	},
	'attachments cannot be listed': {
		source: 'alcionai/corso#5419, #3086',
		right: 'the message comes, and says that links may be missing',
		faults: [refused('/attachments', 500, 'ErrorInternalServerError')],
	},
	'mailbox full': {
		source: 'microsoftgraph/microsoft-graph-docs#5730, #2927; microsoftgraph/microsoft-graph-docs-contrib#7751',
		right: 'it is told as a full mailbox, passing, and not as a missing permission',
		faults: [refused('/delta', 403, 'ErrorQuotaExceeded')],
	},
	'mailbox full, as HTTP 507': {
		source: 'learn.microsoft.com/graph/errors (507 Insufficient Storage)',
		believed: true,
		right: 'it is told as a full mailbox, passing, and not as a missing permission',
		faults: [refused('/delta', 507, 'ErrorQuotaExceeded')],
	},
	'mailbox being moved': {
		source: 'learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode',
		right: 'passing trouble is told as passing, with the code that Exchange gives',
		faults: [refused('/delta', 404, 'ErrorMailboxMoveInProgress')],
	},
	'mailbox information stale': {
		source: 'microsoftgraph/microsoft-graph-docs-contrib#4341',
		right: 'passing trouble is told as passing, with the code that Exchange gives',
		faults: [refused('/delta', 404, 'MailboxInfoStale')],
	},
	'server busy, as HTTP 400': {
		source: 'learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode',
		believed: true,
		right: 'passing trouble is told as passing, with the code that Exchange gives',
		faults: [refused('/delta', 400, 'ErrorServerBusy')],
	},
	'moves told': {
		source: 'twentyhq/twenty#25751; learn.microsoft.com/graph/delta-query-messages',
		right: 'what is moved in comes once, and what is merely marked does not',
		set: (graph) => (graph.delta.moves = 'told'),
	},
	'moves not told': {
		source: 'microsoftgraph/microsoft-graph-docs-contrib#72; microsoft-graph-docs#21752; wisecom-oy/atlas#48',
		believed: true,
		right: 'what is moved in comes once, by the time of its change',
		set: (graph) => (graph.delta.moves = 'untold'),
	},
	'moved out and back between two polls': {
		source: 'microsoftgraph/microsoft-graph-docs-contrib#72',
		right: 'it comes, and comes once',
		set: (graph) => (graph.delta.moves = 'untold'),
	},
	'old message moved in, moves not told': {
		source: 'microsoftgraph/microsoft-graph-docs-contrib#72',
		believed: true,
		right: 'once it is known that moves are not told, old messages come, too, also those moved in before',
		set: (graph) => (graph.delta.moves = 'untold'),
	},
	'row left out by the delta query': {
		source: 'learn.microsoft.com/graph/delta-query-messages (processing delays)',
		believed: true,
		right: 'the second look finds it',
	},
	'rows left out by the first round': {
		source: 'rustmailer/bichon#339 (IMAP: a listing that is cut short); learn.microsoft.com/graph/delta-query-messages',
		believed: true,
		right: 'a second list finds them, once, and it is told',
	},
	'rows left out by a resync': {
		source: 'rustmailer/bichon#339 (IMAP: a listing that is cut short)',
		believed: true,
		right: 'a second list finds them, once, and it is told',
	},
	'rows left out by a first round longer than is remembered': {
		source: 'rustmailer/bichon#339 (IMAP: a listing that is cut short)',
		believed: true,
		right: 'the newest are compared, and nothing comes twice',
	},
	'rows left out by a first round with a limit': {
		source: 'rustmailer/bichon#339 (IMAP: a listing that is cut short)',
		believed: true,
		right: 'what lies within the limit comes, what the limit left out does not',
	},
	'second list refused': {
		source: 'microsoftgraph/microsoft-graph-docs (InefficientFilter)',
		believed: true,
		right: 'mail comes all the same, it is told, and the next poll compares',
		faults: [refused('', 400, 'InefficientFilter', { about: 'list' })],
	},
	'second look refused': {
		source: 'microsoftgraph/microsoft-graph-docs (InefficientFilter)',
		believed: true,
		right: 'mail comes all the same, and it is told',
		faults: [refused('', 400, 'InefficientFilter', { about: 'list' })],
	},
	'ten thousand messages marked at once': {
		source: 'own: somebody marks all as read',
		right: 'nothing old comes, and the polls stay bounded',
	},
	'sync state not found': {
		source: 'microsoftgraph/microsoft-graph-docs#2162, #2350, #2877; Wino-Mail#290',
		right: 'the folder is read again, nothing comes twice',
		faults: [refused('/delta', 410, 'SyncStateNotFound')],
	},
	'sync state invalid': {
		source: 'microsoftgraph/microsoft-graph-docs#2877',
		right: 'the folder is read again, nothing comes twice',
		faults: [refused('/delta', 400, 'SyncStateInvalid')],
	},
	'resync required': {
		source: 'learn.microsoft.com/graph/delta-query-overview (410 Gone)',
		right: 'the folder is read again, nothing comes twice',
		faults: [refused('/delta', 410, 'resyncRequired')],
	},
	'page without links': {
		source: 'learn.microsoft.com/graph/delta-query-messages says that there is always one',
		believed: true,
		right: 'it is passing, and the position stays',
		faults: [{ kind: 'no-links', path: '/delta' }],
	},
	'links that lead in a circle': {
		source: 'own',
		believed: true,
		right: 'the folder is read again, with few requests, and nothing comes twice',
		faults: [{ kind: 'circle', path: '/delta' }],
	},
	'rows without an id': {
		source: 'nextcloud/mail#13507 (IMAP: a row without UID)',
		believed: true,
		right: 'the page is asked for again; what stays unreadable is told',
		faults: [{ kind: 'nameless', path: '/delta' }],
	},
	'answer that is no list': {
		source: 'a proxy that strips answers',
		believed: true,
		right: 'it is passing, and not an empty folder',
		faults: [{ kind: 'no-list' }],
	},
	'answer that is null': {
		source: 'a proxy that strips answers',
		believed: true,
		right: 'it is passing, and not an empty folder',
		faults: [{ kind: 'null' }],
	},
	'the same row twice, empty pages': {
		source: 'microsoftgraph/microsoft-graph-docs#3611; microsoftgraph/microsoft-graph-docs-contrib#7592',
		right: 'each message comes once',
		set: (graph) => (graph.delta.manners = { emptyPages: 0.5, replays: 0.8, repetitions: 0.8 }),
	},
	'throttled, with Retry-After': {
		source: 'learn.microsoft.com/graph/throttling; twentyhq/twenty#11070',
		right: 'the poll waits so long, or ends and says how long; nothing is set aside',
		faults: [{ kind: 'throttled', retryAfter: 300, path: '/$value' }],
	},
	'page in place of content': {
		source: 'a proxy that blocks a message, and calls its page text/plain',
		believed: true,
		right: 'it is set aside and comes later; a page is no message',
		faults: [{ kind: 'page', path: '/$value' }],
	},
	'folder found, its messages not': {
		source: 'microsoftgraph/msgraph-sdk-java#1225; a store that fails over',
		believed: true,
		right: 'passing trouble is told as passing: the trigger survives it',
		faults: [refused('/delta', 404, 'ErrorItemNotFound')],
	},
	'inbox not found': {
		source: 'microsoftgraph/msgraph-sdk-dotnet#3080; a store that fails over',
		believed: true,
		right: 'every mailbox has one: it is passing, and no missing folder',
		faults: [refused('/mailFolders/inbox', 404, 'ErrorItemNotFound')],
	},
	'folder not found by its name': {
		source: 'rustmailer/bichon#339 (IMAP: a listing that is cut short)',
		believed: true,
		right: 'it is found in the list of folders',
		faults: [{ kind: 'rowless', about: 'folder' }],
	},
	'condition on the name of a folder ignored': {
		source: 'modelled on MailKit#1143 (servers that ignore a condition)',
		believed: true,
		right: 'what is found is compared: no other folder is read',
		set: (graph) => (graph.ignoresFolderFilter = true),
	},
	'more than ten thousand folders': {
		source: 'own: the limit of the list',
		right: 'the list says that it was cut',
	},
	'names with spaces around them': {
		source: 'imapsync/imapsync#154, #125; barbushin/php-imap#603 (Exchange)',
		right: 'the folder is opened by the path that the list shows',
	},
	'names with backslashes and slashes': {
		source: 'own',
		right: 'the folder is opened by the path that the list shows',
	},
	'Message-ID search that finds another message': {
		source: 'modelled on MailKit#1143 (servers that ignore a condition)',
		believed: true,
		right: 'what is found is compared',
	},
	'search that finds other messages': {
		source: 'jstedfast/MailKit#1143, mscdex/node-imap#686 (servers that ignore words of a search)',
		believed: true,
		right: 'what is found is compared by sender, recipient and subject before it is a hit',
		set: (graph) => (graph.ignoresSearch = true),
	},
	'Message-ID without brackets': {
		source: 'own: some senders write none',
		right: 'it is found as well',
	},
} satisfies Record<string, Situation>;

export type SituationName = keyof typeof SITUATIONS;

/** The lab does so from now on. `part`: only where the path contains it, such as the id of a message. */
export function arrange(graph: GraphLab, name: SituationName, { part = '', times = 1e9 } = {}): void {
	const { faults = [], set }: Situation = SITUATIONS[name];
	set?.(graph);
	for (const fault of faults) {
		const path = `${part}${fault.path ?? ''}`;
		graph.faults.push({ ...fault, times, ...(path === '' ? {} : { path }) });
	}
}
