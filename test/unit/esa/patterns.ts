import fc from 'fast-check';
import { HASHES, VOCABULARY } from '../../lab/esa';

export const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** LIKE patterns around a value: whole, prefix, suffix, middle, one character replaced. */
function like(value: string): fc.Arbitrary<string> {
	const points = Array.from(value);
	const at = fc.integer({ min: 0, max: points.length });
	return fc.tuple(at, at, fc.boolean(), fc.boolean(), fc.boolean()).map(([a, b, open, close, hole]) => {
		const part = points.slice(Math.min(a, b), Math.max(a, b));
		if (hole && part.length > 1) part[Math.floor(part.length / 2)] = '_';
		return `${open ? '%' : ''}${part.join('')}${close ? '%' : ''}`;
	});
}

const OTHERS = ['nothing like it', 'INVOICE 2023-08', "'", 'a,b', '%', 'x\u0000y', 'Ｘ'];

/** Comparisons on a text that rows show: every operator. */
function shownText(path: string, pool: readonly string[]): fc.Arbitrary<string> {
	const value = fc.oneof({ weight: 4, arbitrary: oneOf(pool) }, { weight: 1, arbitrary: oneOf(OTHERS) });
	const not = fc.boolean().map((negated) => (negated ? ' NOT' : ''));
	const list = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => `(${values.map(quote).join(', ')})`);
	return fc.oneof(
		{ weight: 4, arbitrary: value.map((one) => `${path} = ${quote(one)}`) },
		{ weight: 4, arbitrary: value.chain(like).map((one) => `${path} LIKE ${quote(one)}`) },
		fc
			.tuple(value, oneOf(['!=', '<', '<=', '>', '>=', 'NOT =', 'NOT !=']))
			.map(([one, operator]) => `${path} ${operator} ${quote(one)}`),
		fc.tuple(not, value.chain(like)).map(([no, one]) => `${path}${no} LIKE ${quote(one)}`),
		fc.tuple(not, list).map(([no, values]) => `${path}${no} IN ${values}`),
		oneOf(['^a', 'o', 'in.*o', '[0-9]+$', '(?i)INVOICE', '\\.org$']).map((regex) => `${path} MATCHES ${quote(regex)}`),
		fc.constant(`EXISTS ${path}`),
	);
}

/** Comparisons on what only the appliance knows: = and IN. */
function searched(path: string, pool: readonly string[]): fc.Arbitrary<string> {
	return fc.oneof(
		oneOf(pool).map((value) => `${path} = ${quote(value)}`),
		fc.subarray([...pool], { minLength: 1 }).map((values) => `${path} IN (${values.map(quote).join(', ')})`),
	);
}

const event = (property: string, ...pool: string[]): fc.Arbitrary<string> =>
	searched(`x-cisco-email-msgevent:${property}`, pool);

const flags = [
	'dane_failure', 'graymail', 'hard_bounced', 'soft_bounced', 'spam_positive', 'quarantined_as_spam', 'suspect_spam',
	'virus_positive', 'safeprint_ext', 'contained_malicious_urls', 'contained_neutral_urls', 'in_outbreak_quarantine', 'message_delivered',
]; // prettier-ignore

/** Several comparisons that the appliance searches only together. */
const group = (...members: Array<[property: string, pool: string[]]>): fc.Arbitrary<string> =>
	fc
		.tuple(
			...members.map(([property, pool]) =>
				oneOf(pool).map((value) => `x-cisco-email-msgevent:${property} = ${quote(value)}`),
			),
		)
		.map((tests) => `(${tests.join(' AND ')})`);

const { addresses, subjects, ips, domains, files, groups, policies, statuses, scores } = VOCABULARY;

/** Gateways of the traffic. */
export const APPLIANCES = [
	{ serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B', hostName: 'esa1.example.com' },
	{ serialNumber: '4237AB12CD34EF56AB78-0123456789AB', hostName: 'esa2.example.com' },
];

/** Columns by the type of their object; of `email-message` only what is the same for all MIDs of a message. */
export const COLUMNS: Record<string, fc.Arbitrary<string>> = {
	'email-message': fc.oneof(
		shownText('email-message:subject', subjects),
		shownText('email-message:sender_ref.value', addresses),
		shownText('email-message:from_ref.value', addresses),
		shownText('email-message:to_refs[*].value', addresses),
		shownText('email-message:x_sender_ip_ref.value', ips),
		shownText('email-message:x_sender_group', groups),
		shownText('email-message:x_friendly_from[*]', [...addresses, '"Doe, Jo" <bob@example.com>']),
		shownText(
			'email-message:x_serial_number',
			APPLIANCES.map(({ serialNumber }) => serialNumber),
		),
		fc
			.tuple(oneOf(['<', '<=', '>', '>=', '=', '!=']), fc.integer({ min: 0, max: 3600 }))
			.map(([operator, second]) => `email-message:date ${operator} t'${new Date(FROM + second * 1000).toISOString()}'`),
		fc
			.tuple(oneOf(['=', '<', '>=', '!=']), fc.integer({ min: 5000, max: 5060 }))
			.map(([operator, icid]) => `email-message:x_cisco_icid ${operator} ${icid}`),
	),
	mid: fc.oneof(
		fc.integer({ min: 1001, max: 1070 }).map((mid) => `email-message:x_cisco_mid = ${mid}`),
		fc
			.array(fc.integer({ min: 1001, max: 1070 }), { minLength: 1, maxLength: 5 })
			.map((mids) => `email-message:x_cisco_mid IN (${mids.join(',')})`),
		fc
			.tuple(oneOf(['message_id', 'x_message_id_header']), oneOf(['', ' NOT']), fc.integer({ min: 1001, max: 1070 }))
			.map(([property, not, mid]) => `email-message:${property}${not} LIKE '%.${mid}@example.net>'`),
		fc.constant("email-message:message_id = '<nowhere@example.net>'"),
	),
	'email-addr': shownText('email-addr:value', addresses),
	'ipv4-addr': fc.oneof(
		shownText('ipv4-addr:value', ips),
		oneOf(['192.0.2.0/24', '198.51.100.9/32', '0.0.0.0/0']).map((block) => `ipv4-addr:value ISSUBSET ${quote(block)}`),
	),
	'ipv6-addr': fc.oneof(shownText('ipv6-addr:value', ips), fc.constant("ipv6-addr:value ISSUBSET '2001:db8::/64'")),
	'domain-name': shownText('domain-name:value', domains),
	file: fc.oneof(
		oneOf(files).map((name) => `file:name = ${quote(name)}`),
		oneOf(files).map((name) => `file:name LIKE ${quote(`%${name.slice(2, 6)}%`)}`),
		oneOf(files).map((name) => `file:name LIKE ${quote(`${name.slice(0, 5)}%`)}`),
		searched("file:hashes.'SHA-256'", HASHES),
	),
	'x-cisco-email-msgevent': fc.oneof(
		{ weight: 3, arbitrary: oneOf(flags).map((flag) => `x-cisco-email-msgevent:${flag} = 'true'`) },
		shownText('x-cisco-email-msgevent:direction', ['incoming', 'outgoing']),
		shownText('x-cisco-email-msgevent:reply_to', addresses),
		shownText('x-cisco-email-msgevent:sbrs_score', scores),
		shownText('x-cisco-email-msgevent:message_status', statuses),
		shownText('x-cisco-email-msgevent:mail_policy[*]', policies),
		event('message_status', 'DELIVERED', 'DROPPED', 'ABORTED', 'BOUNCED'),
		event('message_direction', 'incoming', 'outgoing'),
		event('quarantine_status', 'POLICY', 'AMP', 'AV', 'DLP'),
		event('quarantined_to', 'Policy', 'Outbreak', 'File Analysis'),
		event('url_categories', 'Gambling', 'Phishing'),
		event('threat_name', 'Trojan.Generic', 'EICAR test'),
		event('message_filters', 'drop=large', 'tag'),
		event('geo_location', 'Germany', 'Korea, Republic'),
		event('ip_reputation', '-7', '0', '3'),
		group(
			['content_filters_name', ['block exe', 'tag']],
			['content_filters_direction', ['inbound', 'outbound']],
			['content_filters_action', ['stopped']],
		),
		group(['mail_policy', [...policies]], ['mail_policy_direction', ['inbound', 'outbound']]),
		group(
			['advanced_malware_protection', ['amp_clean', 'amp_malicious']],
			['advanced_malware_protection_mailflow_direction', ['incoming', 'outgoing']],
		),
	),
	'x-oca-asset': shownText(
		'x-oca-asset:hostname',
		APPLIANCES.map(({ hostName }) => hostName),
	),
	'x-oca-host': searched(
		'x-oca-host:hostname',
		APPLIANCES.map(({ hostName }) => hostName),
	),
};

/** Traffic of one hour begins here; it crosses midnight. */
export const FROM = Date.UTC(2023, 7, 28, 23, 30);

const anyColumn = fc.oneof(...Object.values(COLUMNS));

/** A tree of comparisons as text, with what stands between the leaves told apart. */
export type Tree = { leaf: string } | { operator: 'AND' | 'OR'; operands: Tree[] };

export const printed = (tree: Tree): string =>
	'leaf' in tree ? tree.leaf : `(${tree.operands.map(printed).join(` ${tree.operator} `)})`;

/** Any columns, ANDed and ORed at will. */
export const anyTree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 3, depthSize: 'small' },
		{ weight: 3, arbitrary: anyColumn.map((leaf): Tree => ({ leaf })) },
		{
			weight: 2,
			arbitrary: fc.record({
				operator: oneOf(['AND', 'OR'] as const),
				operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
			}),
		},
	),
})).tree;

/** ORs of ANDs in which no type of object occurs twice, but for email-message: STIX and the appliance mean the same by them. */
const plainComparison: fc.Arbitrary<string> = fc
	.array(
		fc
			.subarray(
				Object.keys(COLUMNS).filter((type) => type !== 'mid'),
				{ minLength: 1, maxLength: 3 },
			)
			.chain((types) => fc.tuple(...types.map((type) => COLUMNS[type] as fc.Arbitrary<string>)))
			.map((tests) => tests.join(' AND ')),
		{ minLength: 1, maxLength: 2 },
	)
	.map((alternatives) => alternatives.join(' OR '));

/** `START … STOP …` inside the hour of traffic, to the millisecond. */
export const anyWindow: fc.Arbitrary<string> = fc
	.tuple(
		fc.integer({ min: -100_000, max: 3_000_000 }),
		fc.oneof(fc.integer({ min: 1, max: 3_700_000 }), fc.integer({ min: 1, max: 120_000 })),
	)
	.map(
		([start, length]) =>
			`START t'${new Date(FROM + start).toISOString()}' STOP t'${new Date(FROM + start + length).toISOString()}'`,
	);

const wholeHour = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`;

const observation = fc
	.tuple(plainComparison, fc.option(anyWindow, { nil: '' }))
	.map(([text, window]) => `[${text}] ${window}`);

/** Observations joined and qualified, within the hour. */
export const anyPattern: fc.Arbitrary<string> = fc
	.letrec<{ pattern: string }>((tie) => ({
		pattern: fc.oneof(
			{ maxDepth: 2, depthSize: 'small' },
			{ weight: 3, arbitrary: observation },
			{
				weight: 3,
				arbitrary: fc
					.tuple(tie('pattern'), oneOf(['AND', 'OR', 'FOLLOWEDBY']), tie('pattern'))
					.map(([left, operator, right]) => `(${left} ${operator} ${right})`),
			},
			{
				weight: 1,
				arbitrary: fc
					.tuple(tie('pattern'), fc.integer({ min: 1, max: 1800 }))
					.map(([inner, seconds]) => `(${inner}) WITHIN ${seconds} SECONDS`),
			},
			{
				weight: 1,
				arbitrary: fc
					.tuple(tie('pattern'), fc.integer({ min: 1, max: 3 }))
					.map(([inner, times]) => `(${inner}) REPEATS ${times} TIMES`),
			},
		),
	}))
	.pattern.map((pattern) => `(${pattern}) ${wholeHour}`);
