<?php
[$secret, $id, $timestamp, $signature, $body] = array_map('getenv', ['SECRET', 'ID', 'TIMESTAMP', 'SIGNATURE', 'BODY']);
CODE
if ($genuine) { echo json_decode($body)->type; }
