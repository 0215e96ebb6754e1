#include "lib/port/gpg.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "lib/base/i18n.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/port/gpg-context.h"

struct jz_gpg {
	char *home; /* NULL: the user's own */
	gpgme_ctx_t ctx;
};

void jz_gpg_tell_terminal(void)
{
	char name[64];

	if (getenv("GPG_TTY"))
		return;
	if (ttyname_r(STDIN_FILENO, name, sizeof(name)) == 0 ||
	    ttyname_r(STDERR_FILENO, name, sizeof(name)) == 0)
		setenv("GPG_TTY", name, 1);
}

/* Once a process. Asking gpgconf where gpg is would start five programs. */
static int start_library(struct jz_err *err)
{
	static bool started;

	if (started)
		return 0;
	if (gpgme_set_global_flag("disable-gpgconf", "1") || !gpgme_check_version("1.14.0"))
		return jz_fail(err, JZ_E_CRYPTO, _("gpgme 1.14 or newer is needed"));
	gpgme_set_locale(NULL, LC_CTYPE, setlocale(LC_CTYPE, NULL));
	gpgme_set_locale(NULL, LC_MESSAGES, setlocale(LC_MESSAGES, NULL));
	jz_gpg_tell_terminal();
	started = true;
	return 0;
}

struct jz_gpg *jz_gpg_new(const char *home)
{
	struct jz_gpg *gpg = jz_xcalloc(1, sizeof(*gpg));

	gpg->home = home ? jz_xstrdup(home) : NULL;
	return gpg;
}

void jz_gpg_free(struct jz_gpg *gpg)
{
	if (!gpg)
		return;
	if (gpg->ctx)
		gpgme_release(gpg->ctx);
	free(gpg->home);
	free(gpg);
}

const char *jz_gpg_home(const struct jz_gpg *gpg)
{
	return gpg->home;
}

int jz_gpg_context(struct jz_gpg *gpg, gpgme_ctx_t *out, struct jz_err *err)
{
	gpgme_error_t bad;
	gpgme_ctx_t ctx;
	int failed;

	if (gpg->ctx) {
		*out = gpg->ctx;
		return 0;
	}
	failed = start_library(err);
	if (failed)
		return failed;
	bad = gpgme_new(&ctx);
	if (bad)
		return jz_gpg_fail(err, bad, "gpgme");
	bad = gpgme_set_protocol(ctx, GPGME_PROTOCOL_OpenPGP);
	if (!bad && gpg->home)
		bad = gpgme_ctx_set_engine_info(ctx, GPGME_PROTOCOL_OpenPGP, NULL, gpg->home);
	/* Every status line, so that success can be judged strictly. */
	if (!bad)
		bad = gpgme_set_ctx_flag(ctx, "full-status", "1");
	if (bad) {
		gpgme_release(ctx);
		return jz_gpg_fail(err, bad, "gpg");
	}
	gpgme_set_offline(ctx, 1); /* no key server, no directory manager */
	*out = gpg->ctx = ctx;
	return 0;
}

int jz_gpg_fail(struct jz_err *err, gpgme_error_t failure, const char *what)
{
	char text[160];

	switch (gpgme_err_code(failure)) {
	case GPG_ERR_INV_ENGINE:
		return jz_fail(err, JZ_E_CRYPTO, _("gpg is not installed or too old"));
	case GPG_ERR_CANCELED:
	case GPG_ERR_FULLY_CANCELED:
		return jz_fail(err, JZ_E_CRYPTO, _("the passphrase prompt was cancelled"));
	case GPG_ERR_BAD_PASSPHRASE:
		return jz_fail(err, JZ_E_CRYPTO, _("wrong passphrase"));
	case GPG_ERR_NO_PIN_ENTRY:
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the key has a passphrase and no pinentry program is installed"));
	case GPG_ERR_ENOTTY:
		return jz_fail(err, JZ_E_CRYPTO,
			       _("the key has a passphrase and there is no terminal to ask for it: "
				 "set GPG_TTY=$(tty) or unlock the key first"));
	case GPG_ERR_NO_AGENT:
		return jz_fail(err, JZ_E_CRYPTO, _("gpg-agent cannot be started"));
	default:
		gpgme_strerror_r(failure, text, sizeof(text));
		return jz_fail(err, JZ_E_CRYPTO, "%s: %s", what, text);
	}
}

int jz_gpg_input(const void *bytes, size_t len, gpgme_data_t *out, struct jz_err *err)
{
	gpgme_error_t bad = gpgme_data_new_from_mem(out, len ? bytes : "", len, 0);

	if (!bad)
		bad = gpgme_data_set_flag(*out, "sensitive", "1");
	return bad ? jz_gpg_fail(err, bad, "gpgme") : 0;
}

static ssize_t take(void *handle, const void *bytes, size_t len)
{
	struct jz_gpg_sink *sink = handle;

	if (len > sink->limit - sink->taken) {
		sink->over = true;
		errno = EFBIG;
		return -1;
	}
	jz_buf_add(sink->buf, bytes, len);
	sink->taken += len;
	return (ssize_t)len;
}

int jz_gpg_output(struct jz_gpg_sink *sink, gpgme_data_t *out, struct jz_err *err)
{
	/* gpgme keeps a pointer to the table. */
	static struct gpgme_data_cbs callbacks = {.write = take};
	gpgme_error_t bad = gpgme_data_new_from_cbs(out, &callbacks, sink);

	if (!bad)
		bad = gpgme_data_set_flag(*out, "sensitive", "1");
	return bad ? jz_gpg_fail(err, bad, "gpgme") : 0;
}

bool jz_gpg_tell_agent_to_end(const char *home)
{
	static const char command[] = "KILLAGENT\n", name[] = "/S.gpg-agent";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = 2};
	size_t len = strlen(home);
	char reply[128];
	bool told = false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && len + sizeof(name) <= sizeof(address.sun_path)) {
		memcpy(address.sun_path, home, len);
		memcpy(address.sun_path + len, name, sizeof(name));
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		/* A greeting, then an answer to the command. */
		told = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		       recv(fd, reply, sizeof(reply), 0) > 0 &&
		       send(fd, command, sizeof(command) - 1, MSG_NOSIGNAL) ==
			       sizeof(command) - 1 &&
		       recv(fd, reply, sizeof(reply), 0) > 1 && !memcmp(reply, "OK", 2);
	}
	if (fd >= 0)
		close(fd);
	return told;
}

void jz_gpg_end_agent(const char *home)
{
	const char *argv[] = {"gpgconf", "--homedir", home, "--kill", "gpg-agent", NULL};
	struct jz_run run = {.argv = argv};

	if (!jz_gpg_tell_agent_to_end(home))
		jz_run(&run, NULL, NULL, NULL);
}
