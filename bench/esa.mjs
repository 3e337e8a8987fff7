// How fast patterns are translated to queries of Cisco Secure Email, and rows become STIX.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const WINDOW = "START t'2023-07-19T01:56:00.000Z' STOP t'2023-09-01T01:57:00.003Z'";
const HASH = '271c0119ac4455fc8db4ef4a8caf8e2bfcfb8bbd3b8c894e117a9ae9f743894b';
const EVENT = 'x-cisco-email-msgevent';

/** The kinds of patterns that stix-shifter's guide and use cases show, and what the tests of this pack add. */
const PATTERNS = [
	`[ipv4-addr:value='1.1.1.1'] ${WINDOW}`,
	`[ipv4-addr:value = '1.1.1.1' AND file:hashes.'SHA-256' = '${HASH}' ] OR [${EVENT}:message_status = 'DELIVERED'] ${WINDOW}`,
	`[email-addr:value = 'test@example.com'] ${WINDOW}`,
	`[email-addr:value = 'test@example.com' AND email-message:subject LIKE '%warnings%'] ${WINDOW}`,
	`[${EVENT}:quarantined_to IN ('test','test2')] ${WINDOW}`,
	`[email-message:subject LIKE 'R&D budget%'] ${WINDOW}`,
	`[ipv4-addr:value = '1.1.1.1' AND domain-name:value LIKE '%amazonses%'] ${WINDOW}`,
	`[email-message:x_sender_ip_ref = '3.87.209.25' OR email-message:subject = 'important'] ${WINDOW}`,
	`([${EVENT}:virus_positive = 'true'] OR [${EVENT}:spam_positive = 'true']) ${WINDOW}`,
	`[${EVENT}:spam_positive = 'true' OR ${EVENT}:direction = 'incoming'] ${WINDOW}`,
	`[${EVENT}:content_filters_name = 'test' AND ${EVENT}:content_filters_direction = 'inbound' AND ${EVENT}:content_filters_action = 'stopped'] ${WINDOW}`,
	`[email-message:from_ref = 'user1@example.com' AND ${EVENT}:spam_positive = 'true'] ${WINDOW}`,
];

/** `action` over all inputs, again and again, for some seconds; inputs a second. */
function rate(inputs, action, seconds = 2) {
	for (let i = 0; i < 20_000; i++) action(inputs[i % inputs.length]);
	const start = performance.now();
	let count = 0;
	for (; performance.now() - start < seconds * 1_000; count += inputs.length) for (const input of inputs) action(input);
	return Math.round((count / (performance.now() - start)) * 1_000);
}

function rows(count) {
	return Array.from({ length: count }, (_, i) => ({
		attributes: {
			mid: [i + 1],
			serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
			timestamp: '29 Aug 2023 10:00:48 (GMT -05:00)',
			sender: `sender${i % 50}@example.com`,
			friendly_from: [`"Sender" <sender${i % 50}@example.com>`],
			recipient: [`user${i % 90}@example.org`],
			subject: `Message ${i}`,
			senderIp: `192.0.2.${i % 250}`,
			senderDomain: 'example.com',
			messageStatus: { [i + 1]: 'Delivered' },
			messageID: { [i + 1]: `<${i}@example.com>` },
			mailPolicy: ['DEFAULT'],
			direction: 'incoming',
			sbrs: '3.5',
		},
	}));
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parsePattern } = require('../dist/lib/pattern');
	const { esaRowsToBundle, planHunt, translatePattern } = require('../dist/lib/esa');
	report(
		'translatePattern',
		rate(PATTERNS, (pattern) => translatePattern(pattern)),
		'translations/s',
		{ target: { least: 100_000 } },
	);
	report(
		'of which parsing',
		rate(PATTERNS, (pattern) => parsePattern(pattern)),
		'patterns/s',
	);
	report(
		'planHunt',
		rate(PATTERNS, (pattern) => planHunt(pattern)),
		'plans/s',
	);
	const many = rows(2_000);
	const start = performance.now();
	esaRowsToBundle(many);
	report('esaRowsToBundle', Math.round((many.length / (performance.now() - start)) * 1_000), 'rows/s');
}
