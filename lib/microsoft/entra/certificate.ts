import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { MicrosoftError } from '../errors';

/** A certificate and its private key as PEM text; both may stand in the same text. */
export interface CertificateCredential {
	certificate: string;
	privateKey: string;
	/** Of an encrypted private key. */
	passphrase?: string | undefined;
}

/** What MSAL signs with. */
export interface SigningCertificate {
	/** SHA-256 of the DER bytes, lower-case hex without separators: MSAL sends any other form wrongly, and silently. */
	thumbprintSha256: string;
	/** Unencrypted PKCS #8. */
	privateKey: string;
	notAfter: Date;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/;
const KEY = /-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----[\s\S]*?-----END (?:RSA |ENCRYPTED )?PRIVATE KEY-----/;

/**
 * Checks certificate and key and computes the thumbprint.
 *
 * @throws MicrosoftError `MICROSOFT_CONFIGURATION`; nothing of the key is in the error
 */
export function readCertificate(credential: CertificateCredential): SigningCertificate {
	const certificate = parseCertificate(credential.certificate);
	const key = parseKey(credential);
	if (key.asymmetricKeyType !== 'rsa') {
		throw configuration(
			`The private key is not an RSA key (its type is ${key.asymmetricKeyType ?? 'unknown'})`,
			'Entra only accepts RSA certificates. Create a certificate with an RSA key of 2048 bits or more.',
		);
	}
	if (!certificate.checkPrivateKey(key)) {
		throw configuration(
			'The private key does not belong to the certificate',
			'Paste the certificate and the private key that were created in total.',
		);
	}
	return {
		thumbprintSha256: createHash('sha256').update(certificate.raw).digest('hex'),
		privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
		notAfter: new Date(certificate.validTo),
	};
}

function parseCertificate(text: string): X509Certificate {
	const pem = CERTIFICATE.exec(text)?.[0];
	if (pem === undefined) {
		throw configuration(
			'The certificate is not in PEM format',
			'Paste the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----. Convert a .pfx file first: openssl pkcs12 -in file.pfx -out file.pem',
		);
	}
	try {
		return new X509Certificate(pem);
	} catch (cause) {
		throw configuration('The certificate cannot be read', 'Paste the whole PEM text of the certificate.', cause);
	}
}

function parseKey({ privateKey, passphrase }: CertificateCredential): KeyObject {
	const pem = KEY.exec(privateKey)?.[0];
	if (pem === undefined) {
		throw configuration(
			'The private key is not in PEM format',
			'Paste the text from -----BEGIN PRIVATE KEY----- (or ENCRYPTED PRIVATE KEY) to the END line.',
		);
	}
	const encrypted = pem.includes('ENCRYPTED');
	if (encrypted && !passphrase)
		throw configuration('The private key is encrypted', "Enter its passphrase in 'Passphrase' of the credential.");
	try {
		return createPrivateKey({ key: pem, ...(encrypted ? { passphrase } : {}) });
	} catch (cause) {
		throw encrypted
			? configuration('The private key cannot be decrypted', "Check 'Passphrase' in the credential.", cause)
			: configuration('The private key cannot be read', 'Paste the whole PEM text of the key.', cause);
	}
}

const configuration = (message: string, hint: string, cause?: unknown) =>
	new MicrosoftError('MICROSOFT_CONFIGURATION', message, { hint, ...(cause === undefined ? {} : { cause }) });
