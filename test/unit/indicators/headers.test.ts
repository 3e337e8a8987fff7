import type { Email } from '../../../lib/email';
import { extractIndicators, type ExtractOptions } from '../../../lib/indicators';
import { message } from './messages';

const brief = (email: Email, options?: ExtractOptions): string[] =>
	extractIndicators(email, options).map(
		({ type, value, sources, flags }) =>
			`${sources[0]?.field} ${type} ${value}${flags
				.filter((flag) => flag !== 'documentation')
				.map((flag) => ` ${flag}`)
				.join('')}`,
	);
const hops = (receivedLines: string[], options?: ExtractOptions): string[] =>
	extractIndicators(message({ receivedLines }), options).map(
		({ value, flags }) => `${value}${flags.includes('relay') ? ' relay' : ''}`,
	);

it('addresses of the sender side are taken, with their domains; recipients are not', () => {
	const found = brief(
		message({
			from: [{ address: 'Jane@Evil.example', name: 'security@bank.com via x' }],
			sender: { address: 's@sender.example' },
			replyTo: [{ address: 'r@reply.example' }],
			returnPath: 'bounce@path.example',
			to: [{ address: 'victim@own.example' }],
			cc: [{ address: 'cc@own.example' }],
			headers: [{ name: 'Errors-To', value: '<e@errors.example>' }],
		}),
	);
	expect(found).toEqual([
		'From email-addr jane@evil.example name-mismatch',
		'From domain-name evil.example',
		'From email-addr security@bank.com display-name',
		'From domain-name bank.com display-name',
		'Sender email-addr s@sender.example',
		'Sender domain-name sender.example',
		'Reply-To email-addr r@reply.example',
		'Reply-To domain-name reply.example',
		'Return-Path email-addr bounce@path.example',
		'Return-Path domain-name path.example',
		'Errors-To email-addr e@errors.example',
		'Errors-To domain-name errors.example',
	]);
});

it('a recipient named in the body is flagged', () => {
	const found = extractIndicators(
		message({
			to: [{ address: 'Victim@Own.example' }],
			headers: [{ name: 'Delivered-To', value: 'alias@own.example' }],
			text: 'Dear victim@own.example (alias@own.example)',
		}),
	);
	expect(found.filter(({ flags }) => flags.includes('recipient')).map(({ value }) => value)).toEqual([
		'victim@own.example',
		// Stands there as the domain of addressees alone.
		'own.example',
		'alias@own.example',
	]);
});

it('originating addresses in the dialects of providers', () => {
	expect(
		brief(
			message({
				headers: [
					{ name: 'X-Originating-IP', value: '[203.0.113.5]' },
					{ name: 'x-sender-ip', value: '2001:DB8::5' },
					{ name: 'X-Forefront-Antispam-Report', value: 'CIP:198.51.100.7;CTRY:US;LANG:en' },
					{ name: 'X-Source-IP', value: 'unknown' },
				],
			}),
		),
	).toEqual([
		'X-Originating-IP ipv4-addr 203.0.113.5',
		'x-sender-ip ipv6-addr 2001:db8::5',
		'X-Forefront-Antispam-Report ipv4-addr 198.51.100.7',
	]);
});

it('Authentication-Results and Received-SPF name domains and the client', () => {
	expect(
		brief(
			message({
				authenticationResults: [
					'mx.own.example; spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=bounce@mail.evil.example; dkim=pass header.d=sig.evil.example header.i=@sig.evil.example; dmarc=fail header.from=bank.com',
				],
				headers: [
					{
						name: 'Received-SPF',
						value:
							'Fail (mx: domain of x@spf.evil.example) client-ip=198.51.100.4; envelope-from="x@spf.evil.example"; helo=helo.evil.example;',
					},
				],
			}),
		),
	).toEqual([
		'Received-SPF email-addr x@spf.evil.example',
		'Received-SPF domain-name spf.evil.example',
		'Received-SPF domain-name helo.evil.example',
		'Received-SPF ipv4-addr 198.51.100.4',
		'Authentication-Results email-addr bounce@mail.evil.example',
		'Authentication-Results domain-name mail.evil.example',
		'Authentication-Results domain-name sig.evil.example',
		'Authentication-Results domain-name bank.com',
		'Authentication-Results ipv4-addr 203.0.113.9',
	]);
});

it('List-Unsubscribe targets are flagged', () => {
	expect(
		brief(
			message({
				headers: [
					{ name: 'List-Unsubscribe', value: '<https://news.evil.example/u/1>, <mailto:leave@evil.example?subject=x>' },
				],
			}),
		),
	).toEqual([
		'List-Unsubscribe url https://news.evil.example/u/1 unsubscribe',
		'List-Unsubscribe domain-name news.evil.example unsubscribe',
		'List-Unsubscribe email-addr leave@evil.example unsubscribe',
		'List-Unsubscribe domain-name evil.example unsubscribe',
	]);
});

it('header areas are never searched for hashes, nor Message-IDs for addresses', () => {
	expect(
		brief(
			message({
				messageId: '<9e107d9d372bb6826bd81d3542a419d6@host.evil.example>',
				headers: [
					{ name: 'DKIM-Signature', value: 'bh=9e107d9d372bb6826bd81d3542a419d6; d=x.example' },
					{ name: 'Message-ID', value: '<9e107d9d372bb6826bd81d3542a419d6@host.evil.example>' },
					{ name: 'X-Mailer', value: 'Outlook 16.0.1.2' },
				],
			}),
		),
	).toEqual([]);
});

describe('Received', () => {
	it.each([
		[
			'Postfix',
			'from mail.evil.example (unknown [203.0.113.5]) by mx.own.example (Postfix) with ESMTPS id 4B1.2.3.4 for <a@own.example>; Mon, 1 Jan 2024 10:00:00 +0000',
			['203.0.113.5'],
		],
		[
			'Sendmail',
			'from helo.evil.example (rdns.evil.example [203.0.113.6] (may be forged)) by mx.own.example (8.15.2/8.15.2) with ESMTP id 1',
			['203.0.113.6'],
		],
		[
			'Exim',
			'from [203.0.113.7] (helo=evil.example) by mx.own.example with esmtpsa (TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256) (Exim 4.94.2)',
			['203.0.113.7'],
		],
		['qmail', 'from unknown (HELO evil.example) (203.0.113.8) by 0 with SMTP; 1 Jan 2024', ['203.0.113.8']],
		[
			'Exchange',
			'from AM0PR0.eurprd.prod.outlook.com (2001:db8:10a6::13) by VI1.mail.protection.outlook.com (2001:db8::2) with Microsoft SMTP Server (version=TLS1_2) id 15.20.1.2',
			['2001:db8:10a6::13'],
		],
		['IPv6 literal', 'from evil.example ([IPv6:2001:db8::9]) by mx.own.example with ESMTP', ['2001:db8::9']],
		['no from', 'by 10.1.2.3 with SMTP id 203.0.113.77; Mon, 1 Jan 2024', []],
		['HTTP submission', 'from [10.0.0.5] ([203.0.113.4]) by smtp.own.example with HTTP', ['10.0.0.5', '203.0.113.4']],
	])('%s', (_dialect, line, addresses) => {
		expect(hops([line]).map((hop) => hop.split(' ')[0])).toEqual(addresses);
	});

	const chain = [
		'from edge.own.example (edge.own.example [198.51.100.10]) by mailbox.own.example with LMTP',
		'from gw.own.example (gw.own.example [10.0.0.9]) by edge.own.example with ESMTP',
		'from mail.evil.example (mail.evil.example [203.0.113.5]) by gw.own.example with ESMTP',
		'from pc (unknown [192.168.7.7]) by mail.evil.example with ESMTPA',
		'from forged.bank.com ([203.0.113.99]) by pc with SMTP',
	];

	it('trusted relays by network: what they wrote is believed, what is below them is told', () => {
		expect(hops(chain, { trustedRelays: ['198.51.100.0/24', '10.0.0.0/8'] })).toEqual([
			'203.0.113.5',
			'192.168.7.7',
			'203.0.113.99',
		]);
	});

	it('trusted relays by host name and suffix', () => {
		expect(hops(chain, { trustedRelays: ['.own.example'] })).toEqual(['203.0.113.5', '192.168.7.7', '203.0.113.99']);
		expect(hops(chain, { trustedRelays: ['edge.own.example', 'mailbox.own.example', 'gw.own.example'] })).toEqual([
			'203.0.113.5',
			'192.168.7.7',
			'203.0.113.99',
		]);
	});

	it('without settings, a relay inside one organisation is told and flagged', () => {
		expect(hops(chain)).toEqual([
			'198.51.100.10 relay',
			'10.0.0.9 relay',
			'203.0.113.5',
			'192.168.7.7',
			'203.0.113.99',
		]);
	});

	it('hops inside Exchange Online are flagged by its networks, not by what a client says', () => {
		const line = (address: string): string =>
			`from AM0PR0.eurprd.prod.outlook.com (${address}) by VI1.eurprd.prod.outlook.com with Microsoft SMTP Server`;
		expect(hops([line('2603:10a6:20b:f0::13'), line('203.0.113.66')])).toEqual([
			'2603:10a6:20b:f0::13 relay',
			'203.0.113.66',
		]);
	});

	it('a client that says HELO with a trusted name is not believed', () => {
		const spoof = ['from edge.own.example (evil.example [203.0.113.66]) by mailbox.own.example with ESMTP'];
		expect(hops(spoof, { trustedRelays: ['.own.example'] })).toEqual(['203.0.113.66']);
		expect(
			hops(['from edge.own.example (unknown [203.0.113.66]) by mailbox.own.example with ESMTP'], {
				trustedRelays: ['.own.example'],
			}),
		).toEqual(['203.0.113.66']);
		expect(
			hops(['from edge.own.example ([203.0.113.66]) by mailbox.own.example with ESMTP'], {
				trustedRelays: ['.own.example'],
			}),
		).toEqual(['203.0.113.66']);
	});
});

it('headers can be left out', () => {
	expect(
		brief(
			message({
				from: [{ address: 'a@evil.example' }],
				receivedLines: ['from x ([203.0.113.5]) by y'],
				text: 'http://evil.example/',
			}),
			{ headers: false },
		),
	).toEqual(['undefined url http://evil.example/', 'undefined domain-name evil.example']);
});
