import type { Random } from '../random';
import { CHARACTERS, soup } from './text';

/** Texts that columns of mail hold, and such as they never should. */
const text = (random: Random): string =>
	random.choose(
		[3, () => soup(random, 4)],
		[2, () => random.pick(['', ' ', 'N/A', 'ann@example.org', 'ANN@example.org', '"Doe, Jo" <jo@example.com>', 'x@', '@'])],
		[1, () => random.list(0, 6, () => random.pick(CHARACTERS)).join('')],
	); // prettier-ignore

const TIMES = [
	'2026-10-01T08:00:01.7688641Z', '2026-10-01T08:00:01Z', '2026-10-01T08:00:01+14:00', '2026-03-29T02:30:00+01:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.9999999Z',
	'2026-02-30T00:00:00Z', '2026-10-01T24:00:00Z', '2026-10-01T08:00:60Z', '2026-10-01 08:00:01', '1 Oct 2026', '', '275760-09-13T00:00:00.001Z', '+275760-09-13T00:00:00Z', '2026-10-01T08:00:01.999999999999Z',
]; // prettier-ignore

const time = (random: Random): string => random.pick(TIMES);
const ids = (random: Random): string => random.choose([6, () => `id-${random.below(3)}`], [1, () => text(random)]);
const address = (random: Random): string =>
	random.choose([4, () => `${random.pick(['u', 'U'])}${random.below(3)}@example.org`], [1, () => text(random)]);
/** Dynamic columns come as JSON, as lists, and cut short. */
const dynamic = (random: Random, list: unknown[]): unknown =>
	random.choose<unknown>(
		[5, () => JSON.stringify(list)],
		[2, () => list],
		[1, () => JSON.stringify(list).slice(0, random.below(40))],
		[1, () => random.pick<unknown>([null, '', '[]', '[null]', '{}', '[[[]]]', '[1e999]', 'Delivered', 7])],
	);
const texts = (random: Random): unknown =>
	dynamic(
		random,
		random.list(0, 3, () => text(random)),
	);
const some = (random: Random, row: object, least = 0): object =>
	Object.fromEntries(Object.entries(row).filter((_, index) => index < least || random.chance(0.7)));

const link = (random: Random) =>
	some(random, { Url: text(random), UrlDomain: text(random), UrlLocation: random.pick(['Body', 'QRCode', '']) });
const file = (random: Random) =>
	some(random, {
		FileName: text(random),
		FileType: text(random),
		SHA256: random.pick(['a'.repeat(64), '', 'x', text(random)]),
		FileSize: random.pick([0, 7, -1, 1.5, 2 ** 53, null]),
	});
const click = (random: Random) =>
	some(random, {
		Timestamp: time(random),
		AccountUpn: address(random),
		Url: text(random),
		ActionType: random.pick(['ClickAllowed', 'ClickBlocked', text(random)]),
		IPAddress: text(random),
		IsClickedThrough: random.pick<unknown>([true, false, 0, 1, 'true', null, {}]),
		ReportId: random.pick(['r1', '', text(random)]),
	});

/** A row of a hunt in Defender. */
export const defenderRow = (random: Random): object =>
	some(
		random,
		{
			NetworkMessageId: ids(random),
			RecipientEmailAddress: address(random),
			Timestamp: time(random),
			InternetMessageId: text(random),
			SenderFromAddress: address(random),
			SenderMailFromAddress: address(random),
			SenderDisplayName: text(random),
			SenderFromDomain: text(random),
			SenderMailFromDomain: text(random),
			SenderIPv4: random.pick(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', '1.2.3', text(random)]),
			SenderIPv6: random.pick(['2001:db8::1', 'fe80::1%eth0', text(random)]),
			Subject: text(random),
			EmailDirection: text(random),
			EmailClusterId: random.pick<unknown>(['1', 12345678901234, text(random)]),
			AuthenticationDetails: text(random),
			DeliveryAction: texts(random),
			DeliveryLocation: texts(random),
			LatestDeliveryAction: texts(random),
			LatestDeliveryLocation: texts(random),
			ThreatTypes: texts(random),
			ThreatNames: texts(random),
			Urls: dynamic(
				random,
				random.list(0, 4, () => link(random)),
			),
			Attachments: dynamic(
				random,
				random.list(0, 4, () => file(random)),
			),
			Clicks: random.list(0, 3, () => click(random)),
			PostDelivery: random.list(0, 2, () =>
				some(random, { Timestamp: time(random), Action: text(random), ActionType: text(random) }),
			),
		},
		2,
	);

/** A row of message trace. */
export const traceRow = (random: Random): object =>
	some(
		random,
		{
			id: ids(random),
			recipientAddress: address(random),
			senderAddress: address(random),
			messageId: text(random),
			receivedDateTime: time(random),
			subject: text(random),
			size: random.pick<unknown>([0, 45_678, -1, 1.5, '7', null]),
			fromIP: random.pick<unknown>(['192.0.2.1', '2001:db8::1', '', null, text(random)]),
			toIP: random.pick<unknown>(['192.0.2.9', '', null]),
			status: random.pick(['delivered', 'unknownFutureValue', text(random)]),
		},
		2,
	);
