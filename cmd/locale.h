/* The language of messages. */
#ifndef JZ_CMD_LOCALE_H
#define JZ_CMD_LOCALE_H

/* Sets LC_CTYPE, LC_MESSAGES and LC_TIME from the environment and binds the translations; numbers
 * are never formatted by a locale. A machine on which the wanted locale was never generated (a
 * minimal Debian with LANG=zh_CN.UTF-8) still gets its language: the C.UTF-8 locale, which is
 * always there, with LANGUAGE set to it. */
void jz_locale_init(void);

/* From here on nothing is translated: for machine output, which is the same for everybody. */
void jz_locale_machine(void);

#endif
