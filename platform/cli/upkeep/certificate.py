"""`jiceng certificate`: a private authority and a server's certificate, for networks that no public one reaches.

Browsers give the camera and offline pages only to HTTPS. The authority's certificate is installed once on each
computer and telephone; the server's is made anew from it when addresses change or a year is over.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_YEARS = 10
#: Apple's limit for certificates of private authorities.
SERVER_DAYS = 820


@click.command()
@click.option("--host", "hosts", multiple=True, required=True, help="A name or an IP address, as typed into browsers.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("certificate"),
    show_default=True,
    help="Where the files go. An authority that is there already is used again.",
)
def certificate(hosts: Sequence[str], out: Path) -> None:
    """Make a private certificate for this server, and the authority that people's devices have to trust.

    Writes ca.crt (install it on devices), ca.key (keep it off the server), server.crt and server.key (for the gateway).
    """
    out.mkdir(parents=True, exist_ok=True)
    authority_key, authority = _authority(out)
    key, made = _server(authority_key, authority, hosts)
    chain = made.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    _write(out / "server.key", _pem(key), secret=True)
    _write(out / "server.crt", chain)
    click.echo(f"{out}/server.crt for {', '.join(hosts)}, until {made.not_valid_after_utc:%Y-%m-%d}")
    click.echo(f"Install {out}/ca.crt on the devices; SHA-256 {authority.fingerprint(hashes.SHA256()).hex(':')}")


def _authority(out: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, certificate_file = out / "ca.key", out / "ca.crt"
    if key_file.exists() and certificate_file.exists():
        try:
            found = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
            authority = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        except ValueError as problem:
            raise click.ClickException(f"{out} holds an authority that can't be read: {problem}") from problem
        if not isinstance(found, ec.EllipticCurvePrivateKey) or found.public_key() != authority.public_key():
            raise click.ClickException(f"{key_file} does not belong to {certificate_file}")
        return found, authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jiceng 基层通 private authority")])
    now = datetime.now(UTC)
    authority = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key), secret=True)
    _write(certificate_file, authority.public_bytes(serialization.Encoding.PEM))
    return key, authority


def _server(
    authority_key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, hosts: Sequence[str]
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(min(now + timedelta(days=SERVER_DAYS), authority.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return key, made


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        try:
            return x509.DNSName(host.encode("idna").decode())
        except UnicodeError as problem:
            raise click.BadParameter(f"{host} is neither a name nor an address") from problem


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, *, secret: bool = False) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
