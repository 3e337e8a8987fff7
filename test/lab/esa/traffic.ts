import { createHash } from 'node:crypto';
import type { LabMessage } from './message';

export interface TrafficOptions {
	/** Default 1. The same seed gives the same traffic. */
	seed?: number;
	/** Default 10,000. */
	count?: number;
	/** Epoch milliseconds. Default 2023-08-29T00:00:00Z. */
	from?: number;
	/** Default one day. */
	durationMs?: number;
	/** Share of records that the appliance cannot show. Default 0. */
	badRecords?: number;
	/** Appliances; the serial number and the host name of each. Default one. */
	appliances?: Array<{ serialNumber: string; hostName: string }>;
}

/** Numbers 0 ≤ x < 1 that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
	};
}

/** Few values, so that patterns of the same values find something; among them all that have broken queries. */
export const VOCABULARY = {
	addresses: [
		'alice@example.com',
		'Alice@example.com',
		'bob@example.com',
		'carol@example.org',
		'bounce+id=42=bob@mail.example.net',
		'o/user=x@example.net',
		'news&offers@example.org',
		'ceo@example.com',
	],
	subjects: [
		'Invoice 2023-08',
		'invoice 2023-08',
		'Your invoice is due',
		'R&D budget',
		'a&deliveryStatus=DROPPED',
		'100% off, today only',
		"it's _urgent_",
		'Überweisung überfällig',
		'請求書 ✉',
		'line one\nline two',
		'a+b=c',
		'back\\slash "quoted"',
		'(No Subject)',
		'x',
	],
	ips: ['192.0.2.1', '192.0.2.77', '198.51.100.9', '203.0.113.5', '2001:db8::1', '2001:db8::2:1'],
	domains: ['example.com', 'example.org', 'mail.example.net', 'EXAMPLE.com'],
	files: ['invoice.pdf', 'setup.exe', 'photo (1).jpg', 'R&D, plan.docx', 'rechnung_märz.zip'],
	groups: ['UNKNOWNLIST', 'SUSPECTLIST', 'ALLOWED_LIST'],
	policies: ['DEFAULT', 'Finance, strict', 'VIP'],
	statuses: ['Delivered', 'Dropped By Anti-Virus', 'Quarantined by Anti-Spam/Graymail', 'Bounced', 'Aborted'],
	scores: ['3.5', '-7.2', '0.0', 'None'],
} as const;

/** The enumerated status behind each text. */
const DELIVERY: Record<string, string> = {
	Delivered: 'DELIVERED',
	'Dropped By Anti-Virus': 'DROPPED',
	'Quarantined by Anti-Spam/Graymail': 'DROPPED',
	Bounced: 'BOUNCED',
	Aborted: 'ABORTED',
};

const FLAGS = [
	'daneFailure',
	'graymail',
	'hardBounced',
	'softBounced',
	'spamPositive',
	'quarantinedAsSpam',
	'suspectSpam',
	'virusPositive',
	'safeprintExt',
	'containedMaliciousUrls',
	'containedNeutralUrls',
	'inOutbreakQuarantine',
];

const EVENT_VALUES: Record<string, string[]> = {
	quarantineStatus: ['POLICY', 'AMP', 'AV', 'UNCLASSIFIED', 'DLP', 'OUTBREAK'],
	urlReputation: ['Malicious', 'Suspicious'],
	urlCategories: ['Gambling', 'Phishing', 'News'],
	quarantinedTo: ['Policy', 'Outbreak', 'File Analysis'],
	threatName: ['Trojan.Generic', 'EICAR test'],
	dlpViolationsNames: ['PCI', 'Health data'],
	dlpViolationsSeverities: ['critical', 'high', 'medium', 'low'],
	dlpAction: ['delivered', 'encrypted', 'dropped'],
	dmarcFrom: ['example.com', 'example.org'],
	dmarcAction: ['none', 'quarantine', 'reject', 'passed', 'failed'],
	etfSources: ['feed one', 'feed two'],
	etfIocs: ['file_hash', 'url', 'domain'],
	forgedEmailDetection: ['executives'],
	geoLocation: ['Germany', 'Korea, Republic'],
	messageFilters: ['drop=large', 'tag'],
	outbreakFiltersUrlRewrittenByOf: ['yes'],
	outbreakFiltersVofThreatCategory: ['Phish', 'Scam'],
	ipReputation: ['-7', '0', '3'],
	sdrCategories: ['12', '27'],
	sdrThreatLevels: ['1', '5'],
	smime: ['smime_successful', 'smime_failed'],
	appForwarding: ['app_success', 'app_failed'],
};

const GROUP_VALUES: Record<string, Record<string, string[]>> = {
	contentFiltersName: {
		contentFiltersName: ['block exe', 'tag'],
		contentFiltersDirection: ['inbound', 'outbound'],
		contentFiltersAction: ['stopped'],
	},
	mailPolicyName: { mailPolicyName: [], mailPolicyDirection: ['inbound', 'outbound'] },
	advancedMalwareProtection: {
		advancedMalwareProtection: ['amp_clean', 'amp_malicious', 'amp_unknown'],
		advancedMalwareProtectionMailflowDirection: ['incoming', 'outgoing'],
	},
	macroFileTypesDetected: {
		macroFileTypesDetected: ['Microsoft Office Files', 'Adobe Portable Document Format'],
		macroMailflowDirection: ['inbound', 'outbound'],
	},
	webInteractionTrackingUrls: {
		webInteractionTrackingUrls: ['http://login.example.net/a?b=c&d=e', 'https://example.org/'],
		webInteractionTrackingMailflowDirection: ['inbound', 'outbound'],
	},
};

export const HASHES = VOCABULARY.files.map((name) => createHash('sha256').update(name).digest('hex'));

/** Messages in the order of their times. */
export function generateTraffic(options: TrafficOptions = {}): LabMessage[] {
	const random = seeded(options.seed ?? 1);
	const count = options.count ?? 10_000;
	const from = options.from ?? Date.UTC(2023, 7, 29);
	const duration = options.durationMs ?? 86_400_000;
	const appliances = options.appliances ?? [
		{ serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B', hostName: 'esa1.example.com' },
	];
	const times = Array.from({ length: count }, () => from + Math.floor((random() * duration) / 1000) * 1000).sort(
		(a, b) => a - b,
	);
	let mid = 1000;
	return times.map((time, index) => {
		const splinters = random() < 0.15 ? 2 : 1;
		const mids = Array.from({ length: splinters }, () => (mid += 1));
		return message(random, {
			time,
			mids,
			icid: 5000 + index,
			...pick(random, appliances),
			bad: random() < (options.badRecords ?? 0),
		});
	});
}

function message(
	random: () => number,
	fixed: Pick<LabMessage, 'time' | 'mids' | 'icid' | 'serialNumber' | 'hostName' | 'bad'>,
): LabMessage {
	const { addresses, subjects, ips, domains, files, groups, policies, statuses, scores } = VOCABULARY;
	const perMid = <T>(value: () => T, chance = 1): Record<string, T> =>
		Object.fromEntries(fixed.mids.filter(() => random() < chance).map((mid) => [String(mid), value()]));
	const sender = random() < 0.1 ? '' : pick(random, addresses);
	const byMid = perMid(() => pick(random, statuses));
	const mailPolicy = some(random, policies, 0.4);
	const attachments = some(random, files, 0.15).map((name) => ({
		name,
		sha256: HASHES[(files as readonly string[]).indexOf(name)] as string,
		size: 1 + Math.floor(random() * 1e6),
	}));
	const flags = FLAGS.filter(() => random() < 0.12);
	const delivery = [...new Set(Object.values(byMid).map((text) => DELIVERY[text] as string))];
	if (delivery.includes('DELIVERED')) flags.push('message_delivered');
	const events: Record<string, string[]> = { deliveryStatus: delivery };
	for (const [name, values] of Object.entries(EVENT_VALUES)) {
		if (random() < 0.2) events[name] = [pick(random, values)];
	}
	const policyDirection = pick(random, ['inbound', 'outbound']);
	const groupEvents: LabMessage['groups'] = {
		mailPolicyName: mailPolicy.map((name) => ({ mailPolicyName: name, mailPolicyDirection: policyDirection })),
	};
	for (const [name, members] of Object.entries(GROUP_VALUES)) {
		if (name === 'mailPolicyName' || random() > 0.2) continue;
		groupEvents[name] = [
			Object.fromEntries(Object.entries(members).map(([member, values]) => [member, pick(random, values)])),
		];
	}
	const subject = pick(random, subjects);
	return {
		...fixed,
		direction: random() < 0.8 ? 'incoming' : 'outgoing',
		sender,
		from: random() < 0.1 ? [] : [displayed(random, random() < 0.6 && sender !== '' ? sender : pick(random, addresses))],
		recipients: perMid(() => {
			const chosen = some(random, addresses, 0.2);
			return chosen.length > 0 ? chosen : [pick(random, addresses)];
		}),
		replyTo: random() < 0.5 ? pick(random, ['', 'N/A']) : pick(random, addresses),
		...(random() < 0.05 || subject === '(No Subject)' ? {} : { subject }),
		senderIp: pick(random, ips),
		senderDomain: random() < 0.05 ? 'N/A' : pick(random, domains),
		senderGroup: pick(random, groups),
		sbrs: pick(random, scores),
		messageIds: perMid(() => `<${Math.floor(random() * 1e9).toString(36)}.${fixed.mids[0]}@example.net>`, 0.9),
		statuses: byMid,
		mailPolicy,
		attachments,
		flags,
		events,
		groups: groupEvents,
	};
}

const displayed = (random: () => number, address: string): string =>
	random() < 0.3 ? `"Doe, Jo" <${address}>` : address;

function pick<T>(random: () => number, values: readonly T[]): T {
	return values[Math.floor(random() * values.length)] as T;
}

function some<T>(random: () => number, values: readonly T[], chance: number): T[] {
	return values.filter(() => random() < chance);
}
