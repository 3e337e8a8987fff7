import { parseEmail } from '../../../lib/email';
import { extractIndicators, type Indicator } from '../../../lib/indicators';

const brief = ({ type, value }: Indicator): string => `${type} ${value}`;
const inText = (text: string): string[] => extractIndicators({ text }).map(brief);
const inMessage = async (message: string): Promise<string[]> =>
	extractIndicators(await parseEmail(Buffer.from(message.replaceAll('\n', '\r\n')))).map(brief);
const addresses = (found: readonly string[]): string[] => found.filter((value) => value.startsWith('email-addr'));

describe('where an address begins', () => {
	it('takes it whole in every field and link that holds addresses', async () => {
		const found = await inMessage(
			[
				'From: a@mail.example',
				'List-Unsubscribe: <https://list.example/u>, <mailto:leave-abc=bob=corp.example@lists.example?subject=x>',
				'Received-SPF: pass (mx: domain of b=c/d@spf.example designates 192.0.2.3 as permitted sender)',
				'Authentication-Results: mx.corp.example; spf=pass smtp.mailfrom="q q"@quoted.example',
				'X-Original-From: "O" <o@original.example>',
				'Content-Type: text/html',
				'',
				'<a href="mailto:e=f@link.example,g/h@link.example?cc=i@link.example">x</a>',
				'<a href="mailto:%22two%20words%22@link.example">x</a>',
			].join('\n'),
		);
		expect(addresses(found)).toEqual([
			'email-addr a@mail.example',
			'email-addr leave-abc=bob=corp.example@lists.example',
			'email-addr b=c/d@spf.example',
			'email-addr o@original.example',
			'email-addr "q q"@quoted.example',
			'email-addr e=f@link.example',
			'email-addr g/h@link.example',
			'email-addr i@link.example',
			'email-addr "two words"@link.example',
		]);
	});

	it('takes it whole in a text that says that it is one', () => {
		const text = [
			'envelope-from=<admin=corp.com@bounces.example> and',
			'ORGANIZER:mailto:a=b@cal.example',
			'ATTENDEE:MAILTO:c/d@cal.example',
			'"john doe"@quoted.example, o\'neil@plain.example',
			'VERP: admin=firm.com@lists.example',
		].join('\n');
		expect(addresses(inText(text))).toEqual([
			'email-addr admin=corp.com@bounces.example',
			'email-addr a=b@cal.example',
			'email-addr c/d@cal.example',
			'email-addr "john doe"@quoted.example',
			"email-addr o'neil@plain.example",
			'email-addr admin=firm.com@lists.example',
		]);
	});

	it('leaves out the parameter or the path that stands before it', () => {
		const text = 'email=a@x.example to=b.name@x.example &id=c@x.example ?mailto:?to=d@x.example sales/e@x.example';
		expect(addresses(inText(text))).toEqual(
			['a', 'b.name', 'c', 'd', 'e'].map((local) => `email-addr ${local}@x.example`),
		);
	});
});

describe('where a host ends when the blank behind its full stop is missing', () => {
	it.each([
		['Write to info@lure.com.Please do.', ['email-addr info@lure.com', 'domain-name lure.com']],
		['See www.lure.com.Then call.', ['domain-name www.lure.com']],
		['Open https://lure.com.Thanks', ['url https://lure.com/', 'domain-name lure.com']],
		['Blocked: lure.com.Regards', ['domain-name lure.com']],
		['lure[.]com.The 198.51.100[.]3.After', ['domain-name lure.com', 'ipv4-addr 198.51.100.3']],
		['hxxps://lure[.]com.Next', ['url https://lure.com/', 'domain-name lure.com']],
		['Адрес: lure.com.Ждём', ['domain-name lure.com']],
		['מייל: info@lure.co.il.תודה', ['email-addr info@lure.co.il', 'domain-name lure.co.il']],
	])('%s', (text, found) => {
		expect(inText(text)).toEqual(found);
	});

	it.each([
		['https://lure.com.Portal/login', ['url https://lure.com.portal/login']],
		['System.Net.Http and Object.Id.Value', []],
		['https://пример.com.рф', ['url https://xn--e1afmkfd.com.xn--p1ai/', 'domain-name xn--e1afmkfd.com.xn--p1ai']],
	])('leaves alone what is no sentence: %s', (text, found) => {
		expect(inText(text)).toEqual(found);
	});
});
