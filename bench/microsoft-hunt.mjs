// How fast patterns become filters of message trace and KQL for Defender, and rows become STIX.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const WINDOW = "START t'2026-10-01T01:56:00.000Z' STOP t'2026-10-08T01:57:00.003Z'";
const HASH = '271c0119ac4455fc8db4ef4a8caf8e2bfcfb8bbd3b8c894e117a9ae9f743894b';

/** What both can be asked. */
const ENVELOPE = [
	`[ipv4-addr:value = '192.0.2.1'] ${WINDOW}`,
	`[email-message:sender_ref.value = 'test@example.com'] ${WINDOW}`,
	`[email-addr:value = 'test@example.com'] ${WINDOW}`,
	`[email-message:to_refs[*].value = 'ann@example.com' AND email-message:subject LIKE '%warnings%'] ${WINDOW}`,
	`[email-message:subject LIKE 'R&D budget%'] ${WINDOW}`,
	`[email-message:message_id = '<1@example.com>' OR email-message:subject = 'important'] ${WINDOW}`,
];
/** What Defender alone can be asked. */
const CONTENT = [
	`[url:value = 'https://example.com/a?b=c'] ${WINDOW}`,
	`[domain-name:value = 'example.com' AND file:hashes.'SHA-256' = '${HASH}'] ${WINDOW}`,
	`[file:name LIKE '%.html' OR url:value LIKE '%/login/%'] ${WINDOW}`,
];

/** `action` over all inputs, again and again, for some seconds; inputs a second. */
function rate(inputs, action, seconds = 2) {
	for (let i = 0; i < 20_000; i++) action(inputs[i % inputs.length]);
	const start = performance.now();
	let count = 0;
	for (; performance.now() - start < seconds * 1_000; count += inputs.length) for (const input of inputs) action(input);
	return Math.round((count / (performance.now() - start)) * 1_000);
}

const rows = (count) =>
	Array.from({ length: count }, (_, i) => ({
		attributes: {
			Timestamp: '2026-10-01T08:00:01.7688641Z',
			NetworkMessageId: `network-${i >> 2}`,
			InternetMessageId: `<${i >> 2}@example.com>`,
			RecipientEmailAddress: `user${i}@example.org`,
			SenderFromAddress: `sender${i % 50}@example.com`,
			SenderMailFromAddress: `sender${i % 50}@example.com`,
			SenderFromDomain: 'example.com',
			SenderIPv4: `192.0.2.${i % 250}`,
			Subject: `Message ${i >> 2}`,
			DeliveryAction: '["Delivered"]',
			DeliveryLocation: '["Inbox/Folder"]',
			Urls: '[{"Url":"https://example.com/a","UrlDomain":"example.com","UrlLocation":"Body"}]',
			Attachments: '[]',
		},
	}));

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { microsoftRowsToBundle, planDefenderHunt, planMessageTrace } = require('../dist/lib/microsoftHunt');
	report(
		'planMessageTrace',
		rate(ENVELOPE, (pattern) => planMessageTrace(pattern)),
		'translations/s',
		{ target: { least: 100_000 } },
	);
	report(
		'planDefenderHunt',
		rate([...ENVELOPE, ...CONTENT], (pattern) => planDefenderHunt(pattern)),
		'translations/s',
		{ target: { least: 20_000 } },
	);
	const many = rows(4_000);
	const start = performance.now();
	microsoftRowsToBundle(many);
	report('microsoftRowsToBundle', Math.round((many.length / (performance.now() - start)) * 1_000), 'rows/s');
}
