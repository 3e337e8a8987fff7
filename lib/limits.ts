import { DAY, KiB, MiB, MINUTE } from './units';

/**
 * Every cap of the pack in one place, with its reason and what happens above it. What an option means that nobody sets is a
 * default, and in `defaults.ts`. Options of `parseEmail` and `extractIndicators` override the caps that they are named after.
 */

/** Bounds of options that have none of their own. Beyond: SETTING_INVALID, or the code that a subject has for it. */
export const SETTING_LIMITS = {
	/** Messages, rows, values, files: more than one run can hold. */
	maxCount: 1_000_000,
	/** Milliseconds: Node's timers count in 31 bits, and end at once when given more. */
	maxMilliseconds: 2 ** 31 - 1,
	/** Bytes held at once: what Node's buffers hold on every platform. */
	maxBytes: 4 * 1024 * MiB,
	/** Hours, days, weeks or months: mail is not that old. */
	maxLookBack: 9_999,
	/** Tries of one request, the first one included. */
	maxTries: 100,
	/** A TCP port. */
	maxPort: 65_535,
} as const;

export const EMAIL_LIMITS = {
	/** Bytes of one message. Above: parsing stops there, the Email is `truncated`. Exchange Online allows 150 MB. */
	maxBytes: 160 * MiB,
	/** Bytes of the headers of one MIME entity (mailsplit's own default). Above: headers are read from the raw bytes, `truncated`. */
	maxHeaderBytes: 1 * MiB,
	/** Bytes of the headers of all MIME entities of one message, those of messages inside included. Above: as for one. */
	maxTotalHeaderBytes: 4 * MiB,
	/** Bytes of each header that are read even then: what kind of part it is stands there, and what hides in it. */
	minHeaderBytes: 1 * KiB,
	/** Bytes of the headers, names and addresses of all Outlook messages inside of one message. Above: as for one entity. */
	maxOutlookHeaderBytes: 2 * MiB,
	/** Header fields that are kept; a real message has fewer than 200. Above: the rest is dropped, with a warning. */
	maxHeaderFields: 5_000,
	/** MIME entities of one message (mailsplit's own default). Above: what was read so far is kept, `truncated`. */
	maxParts: 1_000,
	/** Attached messages inside attached messages. Above: kept as a plain attachment, with a warning. */
	maxDepth: 8,
	/** Bytes of text and of HTML kept of one message, each. Above: cut, with a warning. */
	maxTextBytes: 8 * MiB,
	/** Bytes of one attachment that are kept in memory. Above: it is hashed and measured only. */
	maxAttachmentBytes: 32 * MiB,
	/** Bytes of all attachments of one message that are kept in memory. Above: as for one. */
	maxTotalAttachmentBytes: 64 * MiB,
	/**
	 * Entries read of all Outlook files of one message: streams and storages of a .msg, attributes, properties and values of a
	 * winmail.dat. A message to 5,000 recipients has some 120,000. Above: what was read so far is kept, `truncated`.
	 */
	maxOutlookEntries: 250_000,
	/** Bytes that all RTF of one message's Outlook files may become when it is unpacked. Above: not read, with a warning. */
	maxRtfBytes: 32 * MiB,
	/** Addresses kept of one header field, or of one list of an Outlook message or an item. Above: cut, with a warning. */
	maxAddresses: 10_000,
	/** Message-IDs kept of References. Above: cut, with a warning. */
	maxReferences: 1_000,
	/** Warnings kept of an item that holds a message as JSON; a message has fewer than 50. Above: cut. */
	maxWarnings: 1_000,
	/** Characters of an attachment's file name. Above: cut, its extension kept. */
	maxFileNameLength: 255,
	/** Bytes of text before the first or after the last part of a multipart that are kept. Above: cut. */
	maxOutsideTextBytes: 1 * MiB,
	/** Milliseconds for one message. Above: what was read so far is kept, `truncated`. */
	maxMilliseconds: MINUTE,
} as const;

/** Of sizes that users set in megabytes (1,000,000 bytes). Beyond: SETTING_INVALID. */
export const MEGABYTE_LIMITS = {
	/** No message is read beyond this: as many MB as its limit has MiB, which is a little less. */
	most: EMAIL_LIMITS.maxBytes / MiB,
} as const;

export const HTTP_LIMITS = {
	/** Texts of own CAs whose certificates are kept as they were read. Above: all are read again. */
	maxSecureContexts: 16,
	/** Milliseconds until the connection stands. */
	connectTimeoutMs: 15_000,
	/** Longest wait before a repetition; a longer Retry-After ends the tries. */
	maxRetryWaitMs: 30_000,
} as const;

/** Of every kind of mailbox: what becomes of a message that cannot be had. */
export const MAILBOX_LIMITS = {
	/** Header bytes of a message that is too large. Above: cut. */
	maxHeaderBytes: EMAIL_LIMITS.maxHeaderBytes,
	/** Tries of a failed message. Then reported as given up. */
	maxAttempts: 8,
	/** Minutes between the tries of a failed message; the last one between all further tries. */
	backoffMinutes: [1, 5, 30, 120, 720],
} as const;

/** Of messages that a flow acknowledges one by one. */
export const DELIVERY_LIMITS = {
	/** Messages that are done while an older one is not. Above: polls wait for the older one, until it is done or late. */
	maxAhead: 1_000,
	/** Messages that did not come back in time. Above: polls wait until some are done or given up. */
	maxLate: 200,
	/** Ids of messages that were done before a start. Above: the oldest are forgotten, and such a message comes again. */
	maxKnown: 2_000,
	/** Mailboxes and folders of one node whose place is kept. Above: the one that rested longest is forgotten. */
	maxPlaces: 20,
	/** Minutes until a message counts as late: a day. */
	maxTimeoutMinutes: 1_440,
	/** Messages in the flow at once. */
	maxInFlight: 1_000,
	/** Seconds between polls: a day. */
	maxIntervalSeconds: 86_400,
} as const;

export const MICROSOFT_LIMITS = {
	/** Requests of one application in flight: what Exchange Online allows. Beyond: MICROSOFT_CONFIGURATION. */
	maxConcurrency: 4,
	/** Milliseconds of silence within an answer: Exchange builds the MIME of a large message before its first byte. */
	timeoutMs: 100_000,
	/** Tries of one request. */
	maxTries: 4,
	/** Longest wait that a request sits out; a longer Retry-After ends it. */
	maxWaitMs: 30_000,
	/** Bytes of the body of an error that are read. Above: the rest is not. */
	maxErrorBytes: 64 * KiB,
	/** Milliseconds of a token request. */
	tokenTimeoutMs: 30_000,
	maxTokenAnswerBytes: 1 * MiB,
	maxTokenTries: 3,
	maxTokenWaitMs: 10_000,
	/** A token is used until this long before its end, as MSAL itself does. */
	tokenMarginMs: 300_000,
	/** Tokens kept in this process. Above: the oldest is forgotten. */
	maxTokens: 100,
} as const;

export const GRAPH_LIMITS = {
	/** Rows of one page of ids: 100,000 messages are 1,000 requests. */
	pageSize: 100,
	/** Fingerprints of messages that were seen, 8 characters each. Above: the oldest are forgotten, and may come again after a resync. */
	maxSeen: 500,
	/** The same of messages that a resync named and that are older than those. Above: the oldest are forgotten, and may come again after the next resync. */
	maxAgain: 250,
	/** How far a resync reaches behind the start of the last complete round: mail becomes visible after its receivedDateTime. */
	resyncOverlapSeconds: (2 * DAY) / 1_000,
	/** How far polling by lastModifiedDateTime reaches back behind the newest row. Less when more than `maxSeen` rows lie in it. */
	modifiedOverlapSeconds: DAY / 1_000,
	/** Failed messages that are tried again; a cursor holds the long id of each. Above: they wait in the queue, and this is told. */
	maxRetries: 48,
	/** Failed messages tried again in one poll. */
	retriesPerPoll: 3,
	/** Milliseconds until a full mailbox is asked again: somebody has to make room first. */
	fullMailboxWaitMs: 5 * MINUTE,
	/** Messages that could not be had, one after the other, before another one is asked for to tell whether it is Exchange. */
	maxDoubtful: 3,
	/** Other messages that are asked for to tell that. */
	maxWitnesses: 2,
	/** Messages that Exchange said twice it does not have; asked for again before they count as deleted. Above: the rest waits in the queue. */
	maxMissing: 50,
	/** Messages that may stay in the queue while the next page of ids is read. Above: it is not. */
	maxLeft: 100,
	/** How far the second look, by lastModifiedDateTime, reaches back behind the newest row. */
	lookOverlapSeconds: (15 * MINUTE) / 1_000,
	/** Pages of one second look. Above: the next poll goes on. */
	maxLookPages: 10,
	/** A message that only the second look found, for so long: the delta query does not name what is moved in. */
	unnamedSeconds: (15 * MINUTE) / 1_000,
	/** How far back is looked once more when it is known that moves are not named, at most to the first look. */
	lookAgainSeconds: (30 * DAY) / 1_000,
	/** Messages that only the second look found, of which the delta query is still to speak. Above: the oldest are forgotten; one is proof enough. */
	maxUnnamed: 5,
	/** Fingerprints of rows that the delta query named as removed, for the second look. Above: the oldest are forgotten. */
	maxRemoved: 100,
	/** Changed messages of one second look that are older than what is remembered, and may have been moved in or merely changed. Above: none of them is taken, and this is told. */
	maxUncertain: 50,
	/** How far clocks within Microsoft 365 may differ. */
	skewSeconds: MINUTE / 1_000,
	/** Messages that Exchange finds by words, at most. What is older is not found. */
	maxSearched: 1_000,
	/** Folders listed. Above: the list is cut. Exchange allows 10,000 in a mailbox. */
	maxFolders: 10_000,
	/** Pages of 10 and more attachments that are listed of one message. */
	maxAttachmentPages: 20,
} as const;

export const OPENCTI_LIMITS = {
	/** Characters of a report's name. Above: cut, with a warning. */
	maxNameCharacters: 1_000,
	/** Bytes of HTML or text that become a report's content; sanitising costs about a second per 2 MiB. Above: cut, with a warning. */
	maxContentBytes: 4 * MiB,
	/** Elements inside elements of a message's HTML; the parser's cost grows with the square of it. Above: shown as text. */
	maxHtmlDepth: 1_000,
	/** Characters of one value in the description's header lines. Above: cut. */
	maxDescriptionValueCharacters: 500,
	/** Indicators listed in the description. Above: counted only. */
	maxDescriptionIndicators: 200,
	/** Hunts of one item that are taken into its report. Above: not looked at. */
	maxHunts: 10,
	/** Messages of a hunt that the description lists. Above: the rest, too, is in a note of the report. */
	maxDescriptionRows: 50,
	/** Characters of the text of a further message of a campaign in its note, where the message is no file. Above: cut. */
	maxNoteTextCharacters: 5_000,
	/** Messages of a hunt that such a note lists. Above: counted. */
	maxNoteRows: 5_000,
	/** Messages of the hunts of one report that are made one by one. Above: they are queued, or only listed. */
	maxDirectMessages: 1_000,
	/** Addresses, or other values of one row, that are listed. Above: counted. */
	maxListedAddresses: 20,
	/** Sentences on what a hunt left out that the description lists. Above: counted. */
	maxDescriptionRemarks: 20,
	/** Attached messages whose text is in the content. Above: left out, with a warning. */
	maxAttachedMessages: 50,
	/** Characters of a message's text in the description of an incident, which has no content. Above: cut, with a warning. */
	maxIncidentTextCharacters: 50_000,
	/** Files of one report. Above: listed as skipped. */
	maxFiles: 200,
	/** Bytes of all inline images put into the content. Above: replaced by their description. */
	maxInlineImageBytes: 2 * MiB,
	/** UTF-8 bytes of an uploaded file's name, without hash and extension; the platform cuts at 200 characters. */
	maxFileNameBytes: 120,
	/** Characters of the platform's own words in an error. */
	maxQuotedCharacters: 300,
	/** Labels, authors, drafts or values of a vocabulary that a list shows. What is not shown is found by its name. */
	maxChoices: 500,
	/** Pages of 500 read of the platform's markings. */
	maxMarkingPages: 20,
	/**
	 * Requests of one client at the same moment; more wait. No lock conflict was seen up to 16, and from 8 on the platform itself is
	 * the limit.
	 */
	maxRequestsAtOnce: 8,
	/** Operations of different fields that go in one request while all requests are taken. The platform works on them one by one. */
	maxOperationsPerRequest: 4,
	/** Objects of one kind (observables, relationships …) that are worked on at the same moment: what fails for all is not tried for all. */
	maxObjectsAtOnce: 16,
	/** Items of one execution that are worked on at the same moment. */
	maxItemsAtOnce: 8,
	/** Longest wait for an object that other writers lock, per try: jittered from a third of it. */
	maxLockWaitMs: 3_000,
	/** Slowest upload that is waited for: a request's timeout grows by its bytes over this. */
	minUploadBytesPerSecond: 128 * KiB,
	/** Objects of a bundle that are imported one by one. Above: relationships first are left out, with a warning; push it as a whole. */
	maxDirectObjects: 10_000,
	/** Organizations that a text names. Above: counted. */
	maxNamedOrganizations: 10,
	/** Types of objects that a warning names. Above: counted. */
	maxNamedTypes: 20,
	/** Characters of the name of an imported object in a result. Above: cut. */
	maxObjectNameCharacters: 200,
	/** Messages of its conversation that a case is looked for by, the nearest; each costs a request. Above: not looked for. */
	maxThreadMessages: 20,
	/** Times that a message's text is put at the end of a case, when other writers take it out again. */
	maxAppendAttempts: 5,
	/** Ids of one look-up of what is there; 301 take the platform some 40 to 270 ms. More are asked for in further requests. */
	maxIdsPerRead: 300,
	/** Pages of 500 of one look-up. The answer to 300 ids fits on one; that to the relationships between them may need more. */
	maxPagesPerRead: 20,
	/** Steps of references in a bundle (a note on a sighting of an indicator …) that are followed. What is deeper is made in one go. */
	maxReferenceSteps: 10,
	/** Addresses linked to a message by one request. More go into further ones. */
	maxLinksPerPatch: 500,
	/** Messages of the platform that a client remembers to have linked. Above: it begins anew. */
	maxRememberedMessages: 10_000,
	/** Pages of 500 read of what a report or case holds, to see whether everything got into it. */
	maxHeldPages: 40,
	/** Pages of 500 read of the reports of one campaign, the newest first. Above: not looked at, with a warning. */
	maxSimilarPages: 4,
	/** Pages of 500 read of the addresses that a message of the platform has. */
	maxReferencePages: 20,
	/** Characters of a message's text as an observable. Above: cut, with a warning. It enters the platform's id of the message. */
	maxMessageTextCharacters: 1_000_000,
} as const;

export const PATTERN_LIMITS = {
	/** UTF-16 units of the text of a pattern, some 60,000 indicators. Above: PATTERN_TOO_LONG. */
	maxLength: 4 * MiB,
	/** Parentheses inside parentheses. Above: PATTERN_TOO_DEEP. Node's default stack holds about ten times as many. */
	maxDepth: 500,
	/** Digits of a number: reading longer ones is not linear. Above: PATTERN_SYNTAX. */
	maxDigits: 1_000,
	/** Characters of a MATCHES expression. Above: PATTERN_REGEX_INVALID. */
	maxRegexLength: 32 * KiB,
	/**
	 * Instructions that the counts `{n}` of a pattern's MATCHES expressions make, above `regexGrowth` for each character: writing
	 * them out takes some 3 µs each. Above: PATTERN_REGEX_INVALID.
	 */
	maxRegexExpansion: 2_500,
	regexGrowth: 3,
	/**
	 * Steps of one match: objects looked at, characters read, combinations of observations tried; at worst some 20 ns each.
	 * Above: PATTERN_TOO_COMPLEX.
	 */
	maxSteps: 50_000_000,
	/** Observations that one match combines (REPEATS counts each time). Above: PATTERN_TOO_COMPLEX. */
	maxCombined: 1_000,
	/** Combinations of the operands of ORs that stand inside AND, FOLLOWEDBY and qualifiers. Above: PATTERN_TOO_COMPLEX. */
	maxAlternatives: 1_000,
} as const;

export const IMAP_LIMITS = {
	/** Messages and bytes of one FETCH of whole messages whose sizes are known. */
	batchMessages: 200,
	batchBytes: 32 * MiB,
	/** Bytes of a message up to which its size is not asked for. */
	smallBytes: 160 * KiB,
	/** Small messages of one FETCH, once some have come; fewer where the bytes of a poll would not hold as many of that size. Below the least: sizes are asked for. */
	smallMessages: 1_000,
	leastSmallMessages: 20,
	streamAboveBytes: 5 * MiB,
	/** One FETCH a chunk: 1 MiB is three times as fast as 64 KiB and costs 113 MB for a message of 140 MB. */
	chunkBytes: 1 * MiB,
	/** Messages of one FETCH of sizes and dates. */
	metadataMessages: 500,
	/** Messages looked through, the newest, when a search is refused or finds nothing. Older ones are not found then. */
	lookedThrough: 2_000,
	/** Messages of one FETCH of dates only. */
	datedMessages: 5_000,
	/** Ranges in a cursor. Above: the look-back is stored coarser (dates decide), and newest-first works from the old end. */
	maxRanges: 128,
	/** Failed messages that are tried again. Above: the message stays among those still to do, and the next poll asks for it. */
	maxRetries: 48,
	/** Failed messages tried again in one poll. */
	retriesPerPoll: 5,
	/** Refused commands after which a poll stops: what is left waits for the next. One bad message of 1,000 costs some 10 to find. */
	maxRefusals: 40,
	/** UIDs below the highest one that may still turn up on a server that shows mail out of order. */
	lateUids: 100,
	/** Messages with an empty answer, none or a refusal that are asked for one by one, when none of them can be had. Above: the rest waits for the next poll. */
	askedAgain: 3,
	/** Polls of one account at a time in this process. Above: they wait for their turn. */
	polls: 4,
	/** Milliseconds for the greeting of a server that does not speak IMAP or TLS. */
	greetingProbeMs: 2_000,
	/** Connections that one poll opens anew after losing one while fetching. */
	reconnects: 3,
	/** Messages handed over last that a cursor remembers, to recognise them when UIDs change under them. Above: they come again. */
	maxKnown: 512,
	/** Of those, the ones with the highest UIDs: whether these still name the same messages is looked at. */
	maxTips: 3,
	/** Messages of a poll whose header fields are asked for by name, to compare them with those in their bytes. */
	maxCompared: 9,
	/** Characters of a cursor. Above: fewer messages are remembered. */
	maxStateCharacters: 8_000,
	/** Polls in a row that find messages under new UIDs, after which a folder is opened with SELECT. */
	maxRenumberings: 2,
	/** Bytes of one line: the UIDs of four million messages. Of this and the next ones, above: MAILBOX_PROTOCOL, the connection ends. */
	maxLineBytes: 32 * MiB,
	/** Parts (atoms, strings, lists) of one response, each some 100 bytes: an envelope with 40,000 addresses. */
	maxTokens: 250_000,
	/** Literals of one response: servers send names that are not ASCII so. */
	maxLiterals: 10_000,
	/** Responses to one command: rows, folders. Each takes up to 1 KB. */
	maxResponses: 100_000,
	/** UIDs that are listed by one FETCH: half of what one command may be answered with, for servers tell other things in between. */
	uidsAtOnce: 50_000,
	/** Of those, answers one after the other without a row, although the server counts messages there. Then it is in trouble, and nothing more is asked. */
	maxEmptyLists: 3,
	/** Bytes of all responses to one command, besides those of one message. */
	maxCommandBytes: 256 * MiB,
	/** A UID has 32 bits, 0 is none (RFC 9051 section 2.3.1.1). */
	maxUid: 2 ** 32 - 1,
} as const;

export const STIX_LIMITS = {
	/** Of a confidence, from 0 (STIX 2.1 section 3.2). */
	maxConfidence: 100,
} as const;

/** Of what is opened in attachments. What is above is not read, and told as `not-read:<limit>`. */
export const ATTACHMENT_LIMITS = {
	/** Files inside of files. Above: `depth`. */
	maxDepth: 4,
	/** Files of one message that are opened, those inside of others and pictures of the body included. Above: `files`. */
	maxFiles: 200,
	/** Files that are taken out of one file; the names of more are told. Above: `children`. */
	maxChildren: 64,
	/** Bytes of one file that is opened. Above: `size`. */
	maxFileBytes: EMAIL_LIMITS.maxAttachmentBytes,
	/** Bytes that come out of all files of one message. Above: `bytes`. */
	maxInflatedBytes: 64 * MiB,
	/** Bytes that come out of one compressed byte, where more than `freeInflatedBytes` come out. Above: `ratio`. */
	maxRatio: 200,
	freeInflatedBytes: 4 * MiB,
	/** Milliseconds of one file, and of all files of one message. Above: `time`; what was found before is kept. */
	fileMs: 5_000,
	messageMs: 20_000,
	/** Bytes that WASM may take; its libraries then say that there is no memory. Above: `memory`. */
	maxWasmBytes: 256 * MiB,
	/** MiB of the worker's own heap. Above: `memory`. */
	maxHeapMiB: 256,
	/** Bytes of WASM above which a worker is replaced when its file is read: WASM never gives memory back. */
	renewWasmBytes: 128 * MiB,
	/** Milliseconds after which a worker that nobody needs is ended. */
	idleMs: 30_000,
	/** Characters of text of one message that are kept of its files. Above: `text`. */
	maxTextCharacters: 2 * MiB,
	/** Links, and codes, of one file. Above: `links`, `codes`. */
	maxLinks: 2_000,
	maxCodes: 100,
	/** Characters of a link, of a code and of a property. Above: cut, or left out where it would be another one. */
	maxLinkCharacters: 8_192,
	maxPropertyCharacters: 1_000,
	/** Pages of a PDF whose links and text are read, and that are drawn to look for codes. Above: `pages`, `drawn-pages`. */
	maxPages: 30,
	maxDrawnPages: 5,
	/** Dots an inch: first coarse, then finer where a code may be and none was read. */
	coarseDpi: 100,
	fineDpi: 150,
	/** Pixels of a page that is drawn: a larger one is drawn smaller. */
	maxPagePixels: 4_000_000,
	/** Pixels of a picture. Above: `pixels`. */
	maxPixels: 24_000_000,
	/** Bytes of a PDF that is written out again to look for scripts and actions. Above: `actions`. */
	maxRewrittenBytes: 16 * MiB,
	/** Passwords of the message that are tried on one file. */
	maxPasswords: 40,
	/** Tokens, and characters, after a word for "password" that are taken for one. */
	passwordTokens: 8,
	passwordCharacters: 80,
	/** Characters of one password. */
	maxPasswordCharacters: 64,
	/** Milliseconds for which passwords are tried on one document of Office, and rounds of one. Above: `time`, `encrypted`. */
	passwordMs: 3_000,
	maxPasswordRounds: 1_000_000,
	/** Entries of an archive whose names are told. */
	maxNamedEntries: 1_000,
	/** Bytes of an XML part of an Office document, and elements inside of one another in it. */
	maxXmlBytes: 32 * MiB,
	maxXmlDepth: 256,
	/** Pictures of an Office document that are looked at for codes. */
	maxOfficePictures: 20,
	/** Different hosts of a PDF's links from which on the small ones are decoys. */
	decoyHosts: 20,
	/** Share of the largest link's area that a link has to have to be no decoy. */
	decoyShare: 0.5,
} as const;

export const INDICATOR_LIMITS = {
	/** Values of one type out of one message, for `maxIndicators` of them; for more, more. Above: counted (`onOmitted`), not kept. */
	maxPerType: 2_000,
	/** Values out of one message. Above: as for one type. */
	maxIndicators: 5_000,
	/** Places remembered of one value. Above: the value stays, further places are not listed. */
	maxSources: 20,
	/** Characters of one URL; browsers and proxies cut far below. Above: only its host is reported, with a warning. */
	maxUrlLength: 16 * KiB,
	/** Characters of the authority of a URL (user, host and port). Above: it is no URL. */
	maxAuthorityLength: 1 * KiB,
	/** Rewriters inside one another. Above: what was unwrapped so far is kept. */
	maxUnwrapDepth: 8,
	/** Times that a text is refanged, each time what the last one made of it. Above: marks may be left in it. */
	maxRefangPasses: 8,
	/** URLs inside of another one, all that stand in each other together. Above: not told. */
	maxEmbeddedUrls: 8,
	/** Words of one kind (CVE, technique, wallet) that are looked at in the path of one URL. Above: not told. */
	maxNamedValues: 20,
	/** Encoded literals of a script inside of one another, and documents in them. Above: not decoded. */
	maxDecodeDepth: 4,
	/** Encoded literals of one script. Above: not decoded. */
	maxDecodedLiterals: 1_000,
	/** Elements of HTML in one another whose styles are looked at. Deeper, everything counts as seen. */
	maxHtmlDepth: 512,
	/** Selectors of the style sheets of a document, and elements that they are compared with. Above: everything counts as seen. */
	maxStyleSelectors: 5_000,
	maxStyleSteps: 2_000_000,
	/** Domains, and names of people, that look-alikes are sought of. Above: not looked for. */
	maxProtected: 500,
	/** Hosts of one message that are compared with them. Above: not looked for, for no more values are kept, either. */
	maxComparedHosts: 5_000,
	/** Characters of a text of warning lists, entries of all lists together, and characters of one entry. Above: WARNING_LIST_INVALID. */
	maxWarningListCharacters: 64 * MiB,
	maxWarningListEntries: 2_000_000,
	maxWarningListEntry: 2_000,
	/** Regular expressions among them, each asked of each value. Above: WARNING_LIST_INVALID. */
	maxWarningListExpressions: 500,
	/** Characters of a value that those are asked of. */
	maxWarningListSubject: 2_000,
	/** Bytes of one text-like attachment that are read. Above: its first bytes are. */
	maxAttachmentTextBytes: 8 * MiB,
	/** Characters read of all texts of one message. Above: the rest is not searched. */
	maxCharacters: 64 * MiB,
	/** Milliseconds of the search of one message. Above: what was found so far is kept, the rest is not searched. */
	maxMilliseconds: MINUTE,
	/** Received lines that are read, from the top; 100 hops are a loop (RFC 5321 section 6.3). Above: not read. */
	maxReceivedLines: 200,
	/** Attached messages inside attached messages that are read. Above: hashed only. */
	maxMessageDepth: EMAIL_LIMITS.maxDepth,
	/** Characters kept of the visible text of a link. Above: cut. */
	maxLinkText: 200,
	/** Characters that are searched, and links that are looked at, in one step: hostile ones take a microsecond a character. */
	pieceCharacters: 8 * KiB,
	pieceLinks: 100,
} as const;

/** Of mail that reports another one. */
export const REPORTED_LIMITS = {
	/** Characters of its own text of a mail that carries another one and has no marks of a report button. Above: not a report. */
	maxOwnText: 2_000,
	/** Characters of its own HTML that are looked at. Above: not a report. */
	maxOwnHtml: 1_000_000,
	/** Characters of the reporter's words that are kept. Above: cut. */
	maxComment: 2_000,
	/** People of the mail that reported another one, which an item lists. Above: not listed. */
	maxAddresses: 100,
	/** Reports of reports that are followed. Above: the one below is looked at as it is, with a warning. */
	maxDepth: 3,
	/** Characters of a text in which the head of a forwarded message is looked for. It stands at the beginning. */
	maxSearched: 200_000,
	/** Lines of that head. */
	maxHeadLines: 40,
	/** Characters of one line of it. Above: no line of a head. */
	maxHeadLine: 2_000,
} as const;

/** Of the keys of campaigns. What is above is not looked at. */
export const CAMPAIGN_LIMITS = {
	/** Characters of a subject, and prefixes of it that are taken off. */
	maxSubject: 1_000,
	maxPrefixes: 10,
	/** Characters and words of the visible text. */
	maxCharacters: 200_000,
	maxWords: 5_000,
	/** Words of a text that has a fuzzy hash: of fewer, any two would be alike. */
	minWords: 8,
	/** Shapes of URLs and names of the sender, and characters of one. What is longer is no key. */
	maxShapes: 20,
	maxShape: 200,
	/** Recipients whose names are taken out of texts. */
	maxPeople: 20,
} as const;

/** Of answers to reporters. */
export const REPLY_LIMITS = {
	/** Values that an answer lists. Above: counted. */
	maxFound: 10,
	/** Characters of one of them, of a name and of a subject. Above: cut. */
	maxCharacters: 200,
	/** Message-IDs that an answer refers to, the last ones: header lines are not without end. */
	maxReferences: 20,
	/** Sent messages to the reporter that are looked at for an answer, the newest. Above: told, and answered. */
	maxSentMessages: 50,
	/** Bytes of one of them that are read: its header is among them. */
	maxSentBytes: 64 * KiB,
	/** Answers that a node remembers. Above: the oldest is forgotten, and may be given again. */
	maxRemembered: 2_000,
} as const;

/** Of the first look at a message. */
export const FIRST_LOOK_LIMITS = {
	/** Header fields on authentication that are read, from the top. Above: counted as not believed. */
	maxAuthenticationFields: 50,
	/** Characters of one of them. Above: cut. */
	maxFieldCharacters: 20_000,
	/** Results of one of them. Above: not read. */
	maxResults: 100,
	/** Differences between the senders of a message that are told. A message has fewer. */
	maxDifferences: 20,
	/** DKIM signatures that are checked, from the top; each costs a pass over the message. Above: told as not checked. */
	maxSignatures: 10,
	/** Bytes of a DNS record with a DKIM key; a key of 4,096 bits has some 700. Above: no key. */
	maxKeyCharacters: 10_000,
	/** Milliseconds of one question to the DNS for a key. Above: not checked. */
	keyTimeoutMs: 5_000,
} as const;

export const HUNT_LIMITS = {
	/** Messages that wait behind one another in Node-RED and are hunted for in one run. Above: the next run takes them. */
	maxTogether: 100,
	/** Messages of a hunt's result that are read for a report. Above: counted. */
	maxFindingRows: 100_000,
	/** Values of one field of such a message, such as its recipients. Above: counted. */
	maxFindingValues: 1_000,
	/** Characters of one such value; a term of a pattern holds a whole URL. Above: cut. */
	maxFindingCharacters: 32 * KiB,
	/** Recipients whom a sighting names. Above: counted. */
	maxSightingRecipients: 100,
	/** Characters of a part of LIKE by which alone it is searched. Shorter ones find too much: the whole is asked in every way to write it. */
	minRunLength: 3,
	/** Ways to write a text that are asked. Above: a part of it is asked for, and rows decide. */
	maxWaysToWrite: 8,
	/**
	 * Different queries of one plan. Above: alternatives that OR joins are left out, with a warning; else HUNT_TOO_COMPLEX. A target may
	 * have another bound.
	 */
	maxQueries: 1_000,
	/** Alternatives that one query may hold, where rows decide which of them it was. A target that can OR has more. */
	alternativesPerQuery: 1,
	/** Characters of the alternatives that one query holds, each counted as if it were asked alone. Above: they get further queries. */
	joinedLength: 256 * KiB,
	/** Queries that fail first, all of them for the same trouble, and none that succeeds. Then the others are not asked. */
	firstFailures: 3,
	/** Alternatives that ORs inside ANDs make: HUNT_TOO_COMPLEX above. Those of a pattern that OR joins: left out above, with a warning. */
	maxAlternatives: 1_000,
	/** Comparisons of one alternative, which ANDs join. Above: HUNT_TOO_COMPLEX, before anything is written out. */
	maxComparisons: 1_000,
	/** Comparisons of all alternatives of a pattern, each written out. Above: HUNT_TOO_COMPLEX. */
	maxExpandedComparisons: 250_000,
	/** Characters of all queries, filters and terms that a plan or a translation holds. Above: HUNT_TOO_COMPLEX. */
	maxPlanLength: 16 * MiB,
	/** Queries of one alternative, before comparisons that rows can answer are left to the filter. */
	maxQueriesOfAlternative: 16,
	/** Observations `[ … ]` of a pattern in which more than OR joins them. Above: HUNT_TOO_COMPLEX. */
	maxObservations: 100,
	/** Minutes before now that are hunted: ten years. Above: HUNT_OPTION_INVALID. */
	maxTimeRangeMinutes: 5_256_000,
	/** Alternatives left out that a plan and its warning name. Above: counted. */
	maxNamedTerms: 20,
	/** Rows whose STIX is looked at in one go. */
	rowsPerFilter: 100,
} as const;

export const ESA_LIMITS = {
	/** Queries that are asked side by side at first. An appliance may have few workers for its API: it decides how many more it bears. */
	parallel: 2,
	/** … and at most, where its answers stay as quick. Cisco names no limit, and none was seen. */
	mostParallel: 16,
	/** Rows of one page. No client of this API was seen to ask for more. */
	pageSize: 100,
	/** Digits of a MID: what a JSON number holds exactly. */
	maxMid: 999_999_999_999_999,
	/** Characters of one value as it is sent. Above: left to the filter, or HUNT_VALUE_REFUSED: servers bound the request line. */
	maxValueLength: 2_000,
	/**
	 * Characters of what the messages of one row share, in all of them together; a real row has some 50 KB. Above: it stands in the first
	 * message only, which refers to the others.
	 */
	maxRepeatedCharacters: 1 * MiB,
	/** Bytes of one answer of the appliance; a page of 100 rows has some 200 KB. */
	maxAnswerBytes: 16 * MiB,
} as const;

/** Of hunts in Microsoft 365. */
export const MICROSOFT_HUNT_LIMITS = {
	/** Queries that are asked side by side. Exchange and Defender count requests of an application, too. */
	parallel: 4,
	/** Milliseconds until the last try of one request begins; message trace makes a request wait for up to five minutes. */
	requestMs: 15 * MINUTE,
	/** Pages in a row that bring nothing new. Then the answer leads nowhere: M365_ANSWER_UNREADABLE. */
	maxIdlePages: 3,
} as const;

/** Of message trace: what Microsoft's page about it says. */
export const TRACE_LIMITS = {
	/** Requests of one application in `paceMinutes`. The next one waits. */
	pace: 100,
	paceMinutes: 5,
	/** Days of one request. Longer windows are asked in several. */
	windowDays: 10,
	/** Days that message trace reaches back. What is older is not found, with a warning. */
	maxDays: 90,
	/** Rows of one page, at most. */
	pageSize: 5_000,
	/**
	 * Characters of one value in the address of a request, percent-encoded, for servers bound the request line. Of a longer subject a part is
	 * asked for; other values are left to the filter.
	 */
	maxValueLength: 1_000,
	/** Bytes of one answer; a full page has some 2 MB. */
	maxAnswerBytes: 32 * MiB,
} as const;

/** Of advanced hunting in Defender XDR. */
export const DEFENDER_LIMITS = {
	/** Days that are kept, unless the tenant streams its events to Sentinel. */
	days: 30,
	/** Rows of one request. More are asked from the last one on; below every cap that Microsoft names (10,000 and above). */
	pageSize: 5_000,
	/** So much smaller is the next page where the answer was too large. A page of one row that is: M365_ANSWER_TOO_LARGE. */
	smallerPage: 4,
	/** Alternatives of a pattern, or of several, that one query holds. */
	alternativesPerQuery: 50,
	/** Characters of one value. Above: left to the filter. */
	maxValueLength: 16_384,
	/** Hours in which all rows of one delivery are written, and before which no row about its links and files is. */
	lateHours: 24,
	/** Hours without a message that may pass in a tenant. Where it has none for longer at the beginning of an old window, its messages of then are gone. */
	quietHours: 12,
	/** Messages whose clicks and later actions one request asks for. */
	messagesPerQuery: 1_000,
	/** Clicks, or later actions, of one request. Above: a warning. */
	maxDetails: 10_000,
	/** Milliseconds of one try: a query may take minutes. */
	timeoutMs: 200_000,
	/** Bytes of one answer. */
	maxAnswerBytes: 64 * MiB,
} as const;

export const FILTER_LIMITS = {
	/** Characters of an expression that senders or subjects are tested with. Above: MAILBOX_CONFIGURATION. */
	maxExpressionLength: 1_000,
	/** Instructions that it becomes when its counts are written out; each costs up to 27 ns a character. Above: MAILBOX_CONFIGURATION. */
	maxProgramSize: 10_000,
	/** Characters of a sender or subject. Above: not tested, the message is handed over. */
	maxTextLength: 10_000,
} as const;

export const WARNING_LIMITS = {
	/** Files that one warning names. Above: counted. */
	maxNamedFiles: 20,
	/** Characters of a file's name in a warning. Above: cut. */
	maxNameCharacters: 100,
	/** Characters of a server's own words in a warning. Above: cut. */
	maxQuotedCharacters: 500,
	/** Characters of the code and of the message of a warning that another node wrote, where it is handed on. Above: cut. */
	maxCodeCharacters: 100,
	maxMessageCharacters: 4_000,
} as const;

/** Of an execution of which items fail. */
export const FAILURE_LIMITS = {
	/** Items that fail first, all of them for the same trouble of a server. Then the others are not tried. */
	firstItems: 3,
	/** Failed items, and things made, that the error names. Above: counted. */
	maxNamedItems: 20,
	/** Characters of each text in it. Above: cut. */
	maxCharacters: 300,
} as const;

/** Of work that gives way to the rest of the process. */
export const STEP_LIMITS = {
	/** Milliseconds of one turn. A step may take as long again: none shall keep the process for 25. */
	turnMs: 10,
	/** Characters of a text that one step changes. */
	pieceLength: 64 * KiB,
	/** A third of the bytes that one step writes in base64. */
	pieceBytes: 1 * MiB,
	/** Objects of a bundle that one step makes or looks at: some 10 microseconds each. */
	objects: 32,
	/** Texts of a list that one step sorts or writes. */
	pieceItems: 4_096,
} as const;

/** Of pictures of a bundle. What is not shown is counted. */
export const PICTURE_LIMITS = {
	/** Objects of one type in the picture, where its caller asks for many. Above: STIX_OPTION_INVALID. */
	maxRows: 10_000,
	/** Objects of one type in the tables below it. */
	maxTableRows: 500,
	/** Lines between the objects of the picture. Above: not drawn. */
	maxEdges: 400,
} as const;

export const READER_LIMITS = {
	/** Bytes of a message that is fetched into memory. Above: it is streamed into n8n's store and read from there. */
	memoryBytes: 16 * MiB,
	/** Milliseconds of one action, however large the message: Exchange takes its time. */
	actionTimeoutMs: 300_000,
} as const;
