import { generateTraffic, type LabMessage } from '../esa';

const HOUR = 3_600_000;

/** Who else got the phishing mails of `examples/messages`: sender and recipients by hours ago. */
const PLANTED: { hoursAgo: number; sender: string; senderDomain: string; recipients: string[]; subject: string }[] = [
	{
		hoursAgo: 30,
		sender: 'accounts@supplier.example.com',
		senderDomain: 'supplier.example.com',
		recipients: ['sales@soc.example.org'],
		subject: 'Overdue invoice 4711',
	},
	{
		hoursAgo: 29,
		sender: 'accounts@supplier.example.com',
		senderDomain: 'supplier.example.com',
		recipients: ['hr@soc.example.org', 'it@soc.example.org'],
		subject: 'Overdue invoice 4711',
	},
	{
		hoursAgo: 52,
		sender: 'payments@invoice-portal.example.net',
		senderDomain: 'invoice-portal.example.net',
		recipients: ['finance@soc.example.org'],
		subject: 'Your invoice is ready',
	},
	{
		hoursAgo: 70,
		sender: 'it-service@examp1e.example.net',
		senderDomain: 'examp1e.example.net',
		recipients: ['erika@soc.example.org'],
		subject: 'Your mailbox is full',
	},
];

/** A week of an appliance's traffic up to `now`, with the phishing mails of the examples in it. */
export function huntTraffic(now: number, count = 2000): LabMessage[] {
	const traffic = generateTraffic({ seed: 7, count, from: now - 7 * 24 * HOUR, durationMs: 7 * 24 * HOUR - HOUR });
	const [model] = traffic;
	const planted = PLANTED.map(({ hoursAgo, sender, senderDomain, recipients, subject }, index): LabMessage => {
		const mid = 900_000 + index;
		return {
			...model!,
			icid: 800_000 + index,
			mids: [mid],
			time: Math.floor((now - hoursAgo * HOUR) / 1000) * 1000,
			direction: 'incoming',
			sender,
			from: [sender],
			replyTo: '',
			recipients: { [mid]: recipients },
			subject,
			senderIp: '198.51.100.201',
			senderDomain,
			messageIds: { [mid]: `<planted-${index}@${senderDomain}>` },
			statuses: { [mid]: 'Delivered' },
			attachments: [],
			flags: [],
			events: {},
			groups: {},
			bad: false,
		};
	});
	return [...traffic, ...planted].sort((a, b) => b.time - a.time);
}
