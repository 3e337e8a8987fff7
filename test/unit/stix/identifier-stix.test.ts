import { STIX_NAMESPACE, canonicalJson, stixId, uuidV5 } from '../../../lib/stix';

/** Type, what it shows, properties, the exact name that is hashed (RFC 8785), and the id. */
const VECTORS: ReadonlyArray<[type: string, what: string, properties: object, name: string, id: string]> = [
	[
		'email-addr',
		'email-addr plain',
		{ value: 'jdoe@example.com' },
		'{"value":"jdoe@example.com"}',
		'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
	],
	[
		'email-addr',
		'email-addr display name ignored',
		{ value: 'jdoe@example.com', display_name: 'John Doe' },
		'{"value":"jdoe@example.com"}',
		'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
	],
	[
		'email-addr',
		'email-addr case is significant',
		{ value: 'JDoe@Example.COM' },
		'{"value":"JDoe@Example.COM"}',
		'email-addr--cd0e355d-fba4-5ed4-8eb1-f699167a21a0',
	],
	[
		'email-addr',
		'email-addr',
		{ value: 'mary@example.com' },
		'{"value":"mary@example.com"}',
		'email-addr--2aeeb98c-9db4-525e-874d-221fdfe9f76e',
	],
	[
		'email-addr',
		'email-addr',
		{ value: 'bob@example.com' },
		'{"value":"bob@example.com"}',
		'email-addr--3734e66b-c4e8-5d0b-bca9-befdd5699746',
	],
	[
		'email-addr',
		'email-addr',
		{ value: 'joe@example.com' },
		'{"value":"joe@example.com"}',
		'email-addr--9d9e6665-57ca-501a-9c1f-435852499a2a',
	],
	[
		'email-addr',
		'email-addr EAI (UTF-8)',
		{ value: 'пример@пример.рф' },
		'{"value":"пример@пример.рф"}',
		'email-addr--c0e2373b-f309-5dfd-8d2c-62143a47bf1a',
	],
	[
		'email-addr',
		'email-addr quoted local part',
		{ value: '"very unusual@x"@example.com' },
		'{"value":"\\"very unusual@x\\"@example.com"}',
		'email-addr--48d638e8-0181-5d56-a831-eb92824f1655',
	],
	[
		'ipv4-addr',
		'ipv4',
		{ value: '198.51.100.3' },
		'{"value":"198.51.100.3"}',
		'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
	],
	[
		'ipv4-addr',
		'ipv4 CIDR /32 is another id',
		{ value: '198.51.100.3/32' },
		'{"value":"198.51.100.3/32"}',
		'ipv4-addr--e6a817f4-b49d-5631-a8b8-7c650c03fcf9',
	],
	[
		'ipv4-addr',
		'ipv4 CIDR',
		{ value: '198.51.100.0/24' },
		'{"value":"198.51.100.0/24"}',
		'ipv4-addr--1ea47840-aa39-5aa8-b4a2-cd203eb6662a',
	],
	[
		'ipv6-addr',
		'ipv6 full',
		{ value: '2001:0db8:85a3:0000:0000:8a2e:0370:7334' },
		'{"value":"2001:0db8:85a3:0000:0000:8a2e:0370:7334"}',
		'ipv6-addr--85a85a8c-ee99-5722-946d-3c3a3270fc6f',
	],
	[
		'ipv6-addr',
		'ipv6 RFC 5952 form of the same',
		{ value: '2001:db8:85a3::8a2e:370:7334' },
		'{"value":"2001:db8:85a3::8a2e:370:7334"}',
		'ipv6-addr--f5344921-72d2-5619-945d-8757bca4b7cd',
	],
	[
		'ipv6-addr',
		'ipv6 loopback',
		{ value: '::1' },
		'{"value":"::1"}',
		'ipv6-addr--578293e7-d0f0-5b38-b90a-d8836472e5f1',
	],
	[
		'domain-name',
		'domain',
		{ value: 'example.com' },
		'{"value":"example.com"}',
		'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7',
	],
	[
		'domain-name',
		'domain upper case',
		{ value: 'EXAMPLE.com' },
		'{"value":"EXAMPLE.com"}',
		'domain-name--c3da163e-2956-5b6f-9c53-7b8eeb91c545',
	],
	[
		'domain-name',
		'domain U-label',
		{ value: 'bücher.example' },
		'{"value":"bücher.example"}',
		'domain-name--dbf3aff2-b3cd-57d2-9616-0ddfde9d01ad',
	],
	[
		'domain-name',
		'domain A-label',
		{ value: 'xn--bcher-kva.example' },
		'{"value":"xn--bcher-kva.example"}',
		'domain-name--2756bcd2-4f67-5280-b058-56605b46834f',
	],
	[
		'url',
		'url',
		{ value: 'https://example.com/research/index.html' },
		'{"value":"https://example.com/research/index.html"}',
		'url--47c3cf9a-5027-5bf0-997a-017c7edc7c55',
	],
	[
		'url',
		'url with query',
		{ value: 'http://198.51.100.3:8080/a/b?x=1&y=%20z#frag' },
		'{"value":"http://198.51.100.3:8080/a/b?x=1&y=%20z#frag"}',
		'url--9b124775-1f2e-5f0a-801d-48d299832650',
	],
	[
		'url',
		'url with quote and backslash',
		{ value: 'http://e.example/"\\x' },
		'{"value":"http://e.example/\\"\\\\x"}',
		'url--8cb8fe97-9dff-53f8-be73-44dd5fd28dbe',
	],
	[
		'url',
		'url non-ASCII',
		{ value: 'https://bücher.example/straße?q=日本' },
		'{"value":"https://bücher.example/straße?q=日本"}',
		'url--3410010d-2afc-5b0d-8ed8-db87db030073',
	],
	[
		'url',
		'url astral char (JCS leaves it raw)',
		{ value: 'https://e.example/😀' },
		'{"value":"https://e.example/😀"}',
		'url--ad9d4d0b-a215-536e-a4bc-28fd7e83debd',
	],
	[
		'url',
		'url with DEL and U+2028 (not escaped by JCS)',
		{ value: 'http://e.example/\u007f\u2028' },
		'{"value":"http://e.example/\u007f\u2028"}',
		'url--2d48b8b6-5e51-5980-94ce-3df40ece6e9c',
	],
	[
		'artifact',
		'artifact payload_bin only',
		{ payload_bin: 'RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K' },
		'{"payload_bin":"RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K"}',
		'artifact--6325e352-4f80-5bfa-bb92-087f364aa96b',
	],
	[
		'artifact',
		'artifact payload_bin + SHA-256',
		{
			hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' },
			payload_bin: 'RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K',
		},
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"},"payload_bin":"RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K"}',
		'artifact--3115387c-ebe8-5e23-8164-e9ed9c3a5c8b',
	],
	[
		'artifact',
		'artifact payload_bin + MD5/SHA-1/SHA-256/SHA-512 (MD5 wins)',
		{
			payload_bin: 'RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K',
			hashes: {
				'SHA-512':
					'538e39a80a6a07cf7f8f927b6e2063b6d328287e629aac3edddc10dd2fdd850ffde4f90ccc7bb8c95635f59b6169bbb13b3bdeee2596a4fffc4c5862aafa6675',
				'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d',
				'SHA-1': '860b50e3d98b0e06a17af5a6e45306f403e60f71',
				MD5: '3fd5f8fadf50d9a98beb298ad41da4f6',
			},
		},
		'{"hashes":{"MD5":"3fd5f8fadf50d9a98beb298ad41da4f6"},"payload_bin":"RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K"}',
		'artifact--df700af2-35a8-5fa8-860b-5a0d47e89ad7',
	],
	[
		'artifact',
		'artifact url + SHA-256',
		{
			url: 'https://example.com/a.eml',
			hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' },
		},
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"}}',
		'artifact--66e5e683-02be-5e7f-b59b-3272f43d07b9',
	],
	[
		'artifact',
		'artifact mime_type not contributing',
		{ mime_type: 'message/rfc822', payload_bin: 'RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K' },
		'{"payload_bin":"RnJvbTogYUBleGFtcGxlLmNvbQ0KDQpoZWxsbw0K"}',
		'artifact--6325e352-4f80-5bfa-bb92-087f364aa96b',
	],
	[
		'artifact',
		'artifact empty payload',
		{ payload_bin: '' },
		'{"payload_bin":""}',
		'artifact--e2afa1bf-4447-5de8-97d6-03a1507f1b6e',
	],
	[
		'file',
		'file name only',
		{ name: 'invoice.pdf' },
		'{"name":"invoice.pdf"}',
		'file--6367c681-cb99-56c2-9e61-10777fdd86b0',
	],
	[
		'file',
		'file SHA-256 only',
		{ hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' } },
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"}}',
		'file--66e5e683-02be-5e7f-b59b-3272f43d07b9',
	],
	[
		'file',
		'file SHA-256 + name',
		{ hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' }, name: 'invoice.pdf' },
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"},"name":"invoice.pdf"}',
		'file--d912f308-88d1-5b23-920e-71ecb22bf5fa',
	],
	[
		'file',
		'file SHA-256 + name + size/mime_type (not contributing)',
		{
			name: 'invoice.pdf',
			size: 30,
			mime_type: 'application/pdf',
			hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' },
		},
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"},"name":"invoice.pdf"}',
		'file--d912f308-88d1-5b23-920e-71ecb22bf5fa',
	],
	[
		'file',
		'file MD5+SHA-256: MD5 wins',
		{
			name: 'invoice.pdf',
			hashes: {
				'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d',
				MD5: '3fd5f8fadf50d9a98beb298ad41da4f6',
			},
		},
		'{"hashes":{"MD5":"3fd5f8fadf50d9a98beb298ad41da4f6"},"name":"invoice.pdf"}',
		'file--5572b8fe-4c80-5f0e-996c-c919d1792e35',
	],
	[
		'file',
		'file SHA-1+SHA-256: SHA-1 wins',
		{
			hashes: {
				'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d',
				'SHA-1': '860b50e3d98b0e06a17af5a6e45306f403e60f71',
			},
		},
		'{"hashes":{"SHA-1":"860b50e3d98b0e06a17af5a6e45306f403e60f71"}}',
		'file--27c46f63-b2da-5ae9-ac5e-d599c4a5d32a',
	],
	[
		'file',
		'file SHA-512 only',
		{
			hashes: {
				'SHA-512':
					'538e39a80a6a07cf7f8f927b6e2063b6d328287e629aac3edddc10dd2fdd850ffde4f90ccc7bb8c95635f59b6169bbb13b3bdeee2596a4fffc4c5862aafa6675',
			},
		},
		'{"hashes":{"SHA-512":"538e39a80a6a07cf7f8f927b6e2063b6d328287e629aac3edddc10dd2fdd850ffde4f90ccc7bb8c95635f59b6169bbb13b3bdeee2596a4fffc4c5862aafa6675"}}',
		'file--4b96bd29-fc59-5be3-8310-65671e845991',
	],
	[
		'file',
		'file SHA3-256 + SSDEEP: first in dict order',
		{
			hashes: {
				'SHA3-256': 'ab3b4f9a9730277a097c44bb92e51f8eb6121ef78e0ac111292b170d3c80f150',
				SSDEEP: '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C',
			},
		},
		'{"hashes":{"SHA3-256":"ab3b4f9a9730277a097c44bb92e51f8eb6121ef78e0ac111292b170d3c80f150"}}',
		'file--fc00fa3c-e6a2-5ef8-827b-3bcd72a1cfc1',
	],
	[
		'file',
		'file SSDEEP + SHA3-256 (other order)',
		{
			hashes: {
				SSDEEP: '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C',
				'SHA3-256': 'ab3b4f9a9730277a097c44bb92e51f8eb6121ef78e0ac111292b170d3c80f150',
			},
		},
		'{"hashes":{"SSDEEP":"3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"}}',
		'file--6d7d0480-651b-5eac-9068-52f0bc293f24',
	],
	[
		'file',
		'file upper-case hash is another id',
		{ hashes: { 'SHA-256': '8F4C896B201118E92B6D899FED8C2B5B60DCFC8BFB8DFA3CD1EC08DC6033988D' } },
		'{"hashes":{"SHA-256":"8F4C896B201118E92B6D899FED8C2B5B60DCFC8BFB8DFA3CD1EC08DC6033988D"}}',
		'file--442dfadd-c8b8-59e0-8f5e-770759f50905',
	],
	[
		'file',
		'file non-ASCII name',
		{ name: 'Rechnung_März.pdf' },
		'{"name":"Rechnung_März.pdf"}',
		'file--02aa01ad-3037-50d9-839e-b8b7487817b5',
	],
	[
		'file',
		'file with control char + emoji name',
		{ name: 'a\tb\u0001📎.txt' },
		'{"name":"a\\tb\\u0001📎.txt"}',
		'file--cde2bcdb-4f2a-57fc-8a16-3b4b579030ed',
	],
	[
		'directory',
		'directory',
		{ path: 'C:\\Windows\\System32' },
		'{"path":"C:\\\\Windows\\\\System32"}',
		'directory--0a58d0c1-59e6-5afd-8252-dcd3f13e5622',
	],
	[
		'file',
		'file parent_directory_ref',
		{
			hashes: { 'SHA-256': 'ceafbfd424be2ca4a5f0402cae090dda2fb0526cf521b60b60077c0f622b285a' },
			name: 'qwerty.dll',
			parent_directory_ref: 'directory--0a58d0c1-59e6-5afd-8252-dcd3f13e5622',
		},
		'{"hashes":{"SHA-256":"ceafbfd424be2ca4a5f0402cae090dda2fb0526cf521b60b60077c0f622b285a"},"name":"qwerty.dll","parent_directory_ref":"directory--0a58d0c1-59e6-5afd-8252-dcd3f13e5622"}',
		'file--362a53af-9834-500e-8f3b-b73e83206cdd',
	],
	[
		'file',
		'file with extensions (contributes)',
		{ extensions: { 'pdf-ext': { is_optimized: false, version: '1.7' } }, name: 'a.pdf' },
		'{"extensions":{"pdf-ext":{"is_optimized":false,"version":"1.7"}},"name":"a.pdf"}',
		'file--9e283992-56f1-56f3-a060-6db8e6bf39b5',
	],
	[
		'email-message',
		'email from only',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171"}',
		'email-message--b80ef0d2-25be-514b-a370-bcb0ee8b7672',
	],
	[
		'email-message',
		'email subject only',
		{ subject: 'Saying Hello' },
		'{"subject":"Saying Hello"}',
		'email-message--ccbf4e8a-ab7d-5d49-a092-7c237d6ea0d8',
	],
	[
		'email-message',
		'email from+subject (spec example 1)',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171', subject: 'Saying Hello' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Saying Hello"}',
		'email-message--16177f7c-38c5-59f4-baa5-b934fa13ce49',
	],
	[
		'email-message',
		'email from+subject (spec example 2)',
		{ from_ref: 'email-addr--9d9e6665-57ca-501a-9c1f-435852499a2a', subject: 'Did you see this?' },
		'{"from_ref":"email-addr--9d9e6665-57ca-501a-9c1f-435852499a2a","subject":"Did you see this?"}',
		'email-message--88bf73b1-f3ac-57a3-a7dc-cfa0facba538',
	],
	[
		'email-message',
		'email from+subject (spec example 3, multipart)',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171', subject: 'Check out this picture of a cat!' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Check out this picture of a cat!"}',
		'email-message--1ad5d678-0d09-5ed2-b23f-db3b297baee6',
	],
	[
		'email-message',
		'email from+subject+body',
		{
			body: 'This is a message just to say hello.\r\nSo, "Hello".\r\n',
			from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
			subject: 'Saying Hello',
		},
		'{"body":"This is a message just to say hello.\\r\\nSo, \\"Hello\\".\\r\\n","from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Saying Hello"}',
		'email-message--057a9bbc-4c65-534c-beaa-dacc345e605f',
	],
	[
		'email-message',
		'same with LF line ends',
		{
			body: 'This is a message just to say hello.\nSo, "Hello".\n',
			from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
			subject: 'Saying Hello',
		},
		'{"body":"This is a message just to say hello.\\nSo, \\"Hello\\".\\n","from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Saying Hello"}',
		'email-message--b8d415d7-2d3b-5f3c-a102-3f223ba71780',
	],
	[
		'email-message',
		'email body only',
		{ body: 'x' },
		'{"body":"x"}',
		'email-message--6efa22d0-3a94-53d0-b7d8-692f21230c99',
	],
	[
		'email-message',
		'email empty body string',
		{ body: '', from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171' },
		'{"body":"","from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171"}',
		'email-message--a3e6c3b4-1485-5923-b8f8-6bd12e3d62f9',
	],
	[
		'email-message',
		'email empty subject string',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171', subject: '' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":""}',
		'email-message--3544db92-b984-58bf-8c5b-e7a2f2e7a161',
	],
	[
		'email-message',
		'email date/message_id/to do not contribute',
		{
			is_multipart: true,
			date: '1997-11-21T15:55:06.000Z',
			message_id: '<a@example.com>',
			to_refs: ['email-addr--2aeeb98c-9db4-525e-874d-221fdfe9f76e'],
			from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
			subject: 'Saying Hello',
		},
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Saying Hello"}',
		'email-message--16177f7c-38c5-59f4-baa5-b934fa13ce49',
	],
	[
		'email-message',
		'email UTF-8 subject',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171', subject: 'Überraschung: 你好 💸' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171","subject":"Überraschung: 你好 💸"}',
		'email-message--e5779040-251c-5eb9-b4aa-58faf36aac3e',
	],
	[
		'email-message',
		'email multipart, part with both',
		{ from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171"}',
		'email-message--b80ef0d2-25be-514b-a370-bcb0ee8b7672',
	],
	[
		'email-message',
		'email empty to_refs',
		{ to_refs: [], from_ref: 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171' },
		'{"from_ref":"email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171"}',
		'email-message--b80ef0d2-25be-514b-a370-bcb0ee8b7672',
	],
	[
		'mac-addr',
		'mac',
		{ value: 'd2:fb:49:24:37:18' },
		'{"value":"d2:fb:49:24:37:18"}',
		'mac-addr--757b1725-9903-54f5-a855-1240691d7659',
	],
	[
		'autonomous-system',
		'as',
		{ number: 15139 },
		'{"number":15139}',
		'autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff',
	],
	[
		'mutex',
		'mutex',
		{ name: '__CLEANSWEEP__' },
		'{"name":"__CLEANSWEEP__"}',
		'mutex--f93fe911-e545-5239-b9b0-597840d0c871',
	],
	[
		'software',
		'software',
		{ name: 'Word', vendor: 'Microsoft', version: '2002' },
		'{"name":"Word","vendor":"Microsoft","version":"2002"}',
		'software--c616478f-891e-5ddb-bb5c-f6d497d2a513',
	],
	[
		'network-traffic',
		'network-traffic',
		{ dst_port: 25, protocols: ['tcp', 'smtp'], src_ref: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4' },
		'{"dst_port":25,"protocols":["tcp","smtp"],"src_ref":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"}',
		'network-traffic--1cb352e0-fef2-5a60-acbd-723ab9ece85e',
	],
	[
		'user-account',
		'user-account',
		{ account_login: 'jdoe', account_type: 'unix' },
		'{"account_login":"jdoe","account_type":"unix"}',
		'user-account--2140bd69-623b-59bc-a4b3-61a61349a072',
	],
	[
		'x509-certificate',
		'x509',
		{
			hashes: { 'SHA-256': '8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d' },
			serial_number: '36:f7:d4:32',
		},
		'{"hashes":{"SHA-256":"8f4c896b201118e92b6d899fed8c2b5b60dcfc8bfb8dfa3cd1ec08dc6033988d"},"serial_number":"36:f7:d4:32"}',
		'x509-certificate--17791b39-ebb4-5213-927f-8d8358a47b72',
	],
	[
		'windows-registry-key',
		'windows-registry-key',
		{ key: 'HKEY_LOCAL_MACHINE\\System\\Foo\\Bar' },
		'{"key":"HKEY_LOCAL_MACHINE\\\\System\\\\Foo\\\\Bar"}',
		'windows-registry-key--1884b770-b679-522a-a9c7-45fadaaec7bb',
	],
];

describe('ids of cyber-observables by STIX 2.1 section 2.9', () => {
	it.each(VECTORS)('%s: %s', (type, _what, properties, name, id) => {
		expect(stixId(type, properties)).toBe(id);
		expect(`${type}--${uuidV5(STIX_NAMESPACE, name)}`).toBe(id);
		expect(canonicalJson(JSON.parse(name))).toBe(name);
	});

	it('the order of properties does not matter', () => {
		expect(stixId('email-message', { subject: 'a', from_ref: 'b', body: 'c' })).toBe(
			stixId('email-message', { body: 'c', from_ref: 'b', subject: 'a' }),
		);
	});

	it('a file and an artifact of the same hash share their UUID, so only the whole id is an index', () => {
		const hashes = { 'SHA-256': 'ab'.repeat(32) };
		const uuid = (id: string): string => id.slice(id.indexOf('--'));
		expect(uuid(stixId('file', { hashes }))).toBe(uuid(stixId('artifact', { hashes, url: 'https://example.com/a' })));
	});

	it('where nothing contributes, the id is of version 4 as STIX demands, and still the same every time', () => {
		const empty = stixId('email-message', { is_multipart: false, date: '2025-01-01T00:00:00.000Z' });
		expect(empty).toMatch(/^email-message--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(stixId('email-message', { date: '2025-01-01T00:00:00.000Z', is_multipart: false })).toBe(empty);
		expect(stixId('email-message', { is_multipart: false })).not.toBe(empty);
		expect(stixId('process', { pid: 1 })).toMatch(/^process--[0-9a-f]{8}-[0-9a-f]{4}-4/);
	});

	it('a lone surrogate is hashed as U+FFFD, for it has no UTF-8 form', () => {
		expect(stixId('domain-name', { value: 'a\ud800b' })).toBe(stixId('domain-name', { value: 'a\ufffdb' }));
	});

	it('a type without a rule gets an id of its own namespace, by all of its properties', () => {
		expect(stixId('x-cisco-verdict', { name: 'spam' })).toBe(
			stixId('x-cisco-verdict', { name: 'spam', id: 'ignored' }),
		);
		expect(stixId('x-cisco-verdict', { name: 'spam' })).not.toBe(stixId('x-cisco-verdict', { name: 'ham' }));
	});
});

/** Objects of the STIX wiki's page on email-message, whose own ids follow no rule of the specification. */
describe("what the rule gives for the wiki's examples", () => {
	const JDOE = 'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171';
	const JOE = 'email-addr--9d9e6665-57ca-501a-9c1f-435852499a2a';
	const OLD_JDOE = 'email-addr--89f52ea8-d6ef-51e9-8fce-6a29236436ed';
	const OLD_JOE = 'email-addr--9b7e29b3-fd8d-562e-b3f0-8fc8134f5dda';
	const JPEG = {
		mime_type: 'image/jpeg',
		payload_bin: 'VBORw0KGgoAAAANSUhEUgAAADI== ...',
		hashes: { 'SHA-256': 'effb46bba03f6c8aea5c653f9cf984f170dcdd3bbbe2ff6843c3e5da0e698766' },
	};
	const ZIP = {
		name: 'tabby_pics.zip',
		magic_number_hex: '504B0304',
		hashes: { 'SHA-256': 'fe90a7e910cb3a4739bed9180e807e93fa70c90f25a8915476f5e4bfbac681db' },
	};
	it.each([
		[
			'jdoe',
			'email-addr',
			{ value: 'jdoe@example.com', display_name: 'John Doe' },
			'6deb37bd-12b7-54ae-805f-5f7146f3d171',
			'89f52ea8-d6ef-51e9-8fce-6a29236436ed',
		],
		[
			'mary',
			'email-addr',
			{ value: 'mary@example.com', display_name: 'Mary Smith' },
			'2aeeb98c-9db4-525e-874d-221fdfe9f76e',
			'e4ee5301-b52d-59cd-a8fa-8036738c7194',
		],
		[
			'bob',
			'email-addr',
			{ value: 'bob@example.com', display_name: 'Bob Smith' },
			'3734e66b-c4e8-5d0b-bca9-befdd5699746',
			'd1b3bf0c-f02a-51a1-8102-11aba7959868',
		],
		[
			'joe',
			'email-addr',
			{ value: 'joe@example.com', display_name: 'Joe Smith' },
			'9d9e6665-57ca-501a-9c1f-435852499a2a',
			'9b7e29b3-fd8d-562e-b3f0-8fc8134f5dda',
		],
		['the picture', 'artifact', JPEG, '0682152c-646a-513b-bc07-e516494ed178', '4cce66f8-6eaa-53cb-85d5-3a85fca3a6c5'],
		['the archive', 'file', ZIP, 'cfebcece-2336-51b0-baf1-d94daae5e1d1', '6ce09d9c-0ad3-5ebf-900c-e3cb288955b5'],
		[
			'message 1',
			'email-message',
			{ from_ref: JDOE, subject: 'Saying Hello', is_multipart: false },
			'16177f7c-38c5-59f4-baa5-b934fa13ce49',
			'72b7698f-10c2-565a-a2a6-b4996a2f2265',
		],
		[
			"message 1 with the wiki's sender",
			'email-message',
			{ from_ref: OLD_JDOE, subject: 'Saying Hello' },
			'92fa1bfd-2c62-5a30-8b7c-5b91ea73cf29',
			'72b7698f-10c2-565a-a2a6-b4996a2f2265',
		],
		[
			'message 2',
			'email-message',
			{ from_ref: JOE, subject: 'Did you see this?' },
			'88bf73b1-f3ac-57a3-a7dc-cfa0facba538',
			'0c57a381-2a17-5e61-8754-5ef96efb286c',
		],
		[
			"message 2 with the wiki's sender",
			'email-message',
			{ from_ref: OLD_JOE, subject: 'Did you see this?' },
			'fcc5f04a-74bf-5006-920c-70a2ab258885',
			'0c57a381-2a17-5e61-8754-5ef96efb286c',
		],
		[
			'message 3',
			'email-message',
			{ from_ref: JDOE, subject: 'Check out this picture of a cat!' },
			'1ad5d678-0d09-5ed2-b23f-db3b297baee6',
			'cf9b4b7f-14c8-5955-8065-020e0316b559',
		],
		[
			"message 3 with the wiki's sender",
			'email-message',
			{ from_ref: OLD_JDOE, subject: 'Check out this picture of a cat!' },
			'd7d69ead-3347-5772-815a-7766dc29c72c',
			'cf9b4b7f-14c8-5955-8065-020e0316b559',
		],
	])('%s', (_what, type, properties, rule, wiki) => {
		expect(stixId(type, properties)).toBe(`${type}--${rule}`);
		expect(stixId(type, properties)).not.toBe(`${type}--${wiki}`);
	});
});
