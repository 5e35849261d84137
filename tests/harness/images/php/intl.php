<?php
// What Composer's console takes of intl, for texts of ASCII alone.
if (!class_exists('Normalizer')) {
    class Normalizer
    {
        public const FORM_D = 4, NFD = 4, FORM_KD = 8, NFKD = 8, FORM_C = 16, NFC = 16, FORM_KC = 32, NFKC = 32;

        public static function isNormalized(string $text, int $form = 16): bool
        {
            return true;
        }

        public static function normalize(string $text, int $form = 16): string
        {
            return $text;
        }
    }
    function normalizer_is_normalized(string $text, int $form = 16): bool
    {
        return true;
    }
    function normalizer_normalize(string $text, int $form = 16): string
    {
        return $text;
    }
    function grapheme_strlen(string $text): int
    {
        return strlen($text);
    }
    function grapheme_substr(string $text, int $from, ?int $length = null): string
    {
        return substr($text, $from, $length);
    }
}
