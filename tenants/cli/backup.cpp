// `atlas-fleet backup` and `restore`.
#include "tenants/cli/adoption.hpp"
#include "tenants/cli/arguments.hpp"
#include "tenants/cli/org_archive.hpp"
#include "tenants/cli/passphrase.hpp"

#include <array>
#include <utility>

namespace atlas::cli {

namespace {

int backup(context& ctx, const arguments& args) {
  return write_archive(ctx, args, tenants::archive_manifest::purpose::backup);
}

int restore(context& ctx, const arguments& args) {
  adoption_terms terms;
  terms.replace = args.has("replace");
  terms.new_ca = args.has("new-ca");
  auto passphrase = read_passphrase(ctx, args);
  if (!passphrase) return passphrase.error();
  terms.passphrase = *std::move(passphrase);
  return adopt_archive(ctx, args.word(0), terms);
}

constexpr std::array backup_flags{force_flag, with_ca_flag, passphrase_flag};
constexpr verb backup_verb{
    "backup",
    "ORG FILE",
    "Writes an organisation's configuration, key, hosts, people, history and alerts into one file, as they "
    "are\n"
    "at one moment; its service goes on meanwhile. FILE is '-' for standard output. The file is a tar with\n"
    "zstd, mode 0600. It holds the organisation's API key: keep it as you keep a password, or encrypt it "
    "with\n"
    "--passphrase-file (Argon2id and XChaCha20-Poly1305).",
    "  atlas-fleet backup acme /var/backups/acme-$(date +%F).atlas\n"
    "  atlas-fleet backup acme - | ssh store 'umask 077; cat > acme.atlas'\n"
    "  atlas-fleet backup acme acme.atlas --with-ca      enough to begin anew on another machine\n",
    backup_flags,
    backup};

constexpr std::array restore_flags{
    flag{"replace", "", "put it in the place of the organisation that is here; stop its service before"},
    new_ca_flag, passphrase_flag};
constexpr verb restore_verb{
    "restore",
    "FILE",
    "Brings an organisation back as a backup has it. The file is checked as a whole before anything is "
    "changed,\n"
    "and an organisation that is here already stays until the restored one is in its place. Hosts, tokens "
    "and\n"
    "people are as they were then, also those revoked or removed since; everyone logs in anew. Restore only\n"
    "files that you trust: a checksum tells damage, not who made the file. FILE is '-' for standard input.",
    "  atlas-fleet restore /var/backups/acme-2026-05-01.atlas\n"
    "  atlas-fleet restore acme.atlas --replace\n",
    restore_flags,
    restore};

}  // namespace

int run_backup(context& ctx, std::span<const std::string> args) { return run_verb(ctx, backup_verb, args); }

int run_restore(context& ctx, std::span<const std::string> args) { return run_verb(ctx, restore_verb, args); }

}  // namespace atlas::cli
